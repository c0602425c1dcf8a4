import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocatable, capacity } from "../../../rehearsal/control-plane/node-capacity.ts";
import { nodeObject } from "../../../rehearsal/control-plane/nodes.ts";

const GIB = 2 ** 30;
const MIB = 2 ** 20;

describe("what is left for pods", () => {
  it("is the capacity less the documented reserve", () => {
    // 25 % of 4, 20 % of 4, 10 % of 8 and 6 % of 48 GiB, and 100 MiB; 6 % + 1 % + 2 x 0.5 % + 12 x 0.25 % of a core.
    const left = allocatable({ cpu: 16, memory: "64Gi" });
    expect(Number(left["memory"])).toBeCloseTo(64 * GIB - 5.48 * GIB - 100 * MIB, -2);
    expect(left["cpu"]).toBe("15890m");
  });

  it("is less than the capacity, and more on a larger machine", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 128 }), fc.integer({ min: 2, max: 2000 }), (cpu, gib) => {
        const smaller = allocatable({ cpu, memory: `${gib}Gi` });
        const larger = allocatable({ cpu: cpu + 1, memory: `${gib + 1}Gi` });
        expect(Number(smaller["memory"])).toBeLessThan(gib * GIB);
        expect(Number(smaller["memory"])).toBeGreaterThan(0);
        expect(parseInt(smaller["cpu"] ?? "")).toBeLessThan(cpu * 1000);
        expect(Number(larger["memory"])).toBeGreaterThan(Number(smaller["memory"]));
        expect(parseInt(larger["cpu"] ?? "")).toBeGreaterThan(parseInt(smaller["cpu"] ?? ""));
      }),
    );
  });

  it("keeps all pods and GPUs", () => {
    const node = { cpu: 8, memory: "32G", pods: 250, gpus: 8 };
    for (const resources of [capacity(node), allocatable(node)]) {
      expect(resources).toMatchObject({ pods: "250", "nvidia.com/gpu": "8" });
    }
    expect(capacity({ cpu: 8, memory: "32G" })).not.toHaveProperty("nvidia.com/gpu");
  });

  it.each(["64 GB", "lots", "", "64gi"])("refuses the memory %j", (memory) => {
    expect(() => capacity({ cpu: 1, memory })).toThrow(/is not a quantity such as "64Gi"/);
  });
});

describe("a node", () => {
  it("is labelled with where it is and what was declared", () => {
    const taints = [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" as const }];
    const node = nodeObject(
      { name: "gpu-1", cpu: 4, memory: "16Gi", zone: "eu-1a", labels: { pool: "gpu" }, taints },
      251,
    );
    expect(node.metadata.labels).toMatchObject({
      "kubernetes.io/hostname": "gpu-1",
      "topology.kubernetes.io/zone": "eu-1a",
      pool: "gpu",
    });
    expect(node.spec.taints).toEqual(taints);
    expect(node.status.addresses[0]?.address).toBe("10.0.1.3");
  });
});
