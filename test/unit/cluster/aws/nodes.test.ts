import fc from "fast-check";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { addressesOfNode, maxPods } from "../../../../components/cluster/aws/nodes/pods.ts";
import { spread } from "../../../../components/cluster/aws/nodes/spread.ts";
import { userData, userDataText } from "../../../../components/cluster/aws/nodes/user-data.ts";
import { ISTIO_KERNEL_MODULES } from "../../../../components/cluster/kernel-modules.ts";
import { at } from "../../../../components/kit/objects.ts";

describe("a pool over zones", () => {
  const pools = fc
    .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 40 }))
    .map((sizes) => sizes.toSorted((a, b) => a - b))
    .chain(([min = 0, count = 0, max = 1]) =>
      fc.integer({ min: 1, max: 6 }).map((zones) => ({
        min,
        count,
        max,
        zones: Array.from({ length: zones }, (_, index) => `z${index}`),
      })),
    );
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

  it("keeps its sizes in sum, keeps bounds in each zone, and differs by one node at most", () => {
    fc.assert(
      fc.property(pools, (pool) => {
        const parts = spread(pool);
        for (const size of ["min", "count", "max"] as const) {
          const sizes = parts.map((part) => part[size]);
          expect(sum(sizes)).toBe(pool[size]);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }
        expect(parts.every(({ min, count, max }) => min <= count && count <= max && max > 0)).toBe(true);
      }),
    );
  });

  it("has no group in a zone that gets no node", () => {
    expect(spread({ count: 1, min: 0, max: 1, zones: ["a", "b", "c"] })).toEqual([
      { zone: "a", count: 1, min: 0, max: 1 },
    ]);
  });
});

describe("pods of a node", () => {
  it("are as many as EKS lets on managed nodes", () => {
    expect([4, 16, 29, 30, 32, 192].map(maxPods)).toEqual([110, 110, 110, 250, 250, 250]);
  });

  it("have addresses in blocks of 16, and one block is spare", () => {
    expect(addressesOfNode(16)).toBe(8 * 16 + 8);
    expect(addressesOfNode(32)).toBe(17 * 16 + 8);
  });
});

describe("user data", () => {
  /** The parts of a MIME document by their content type. */
  function partsOf(text: string): Map<string, string> {
    const boundary = /boundary="([^"]+)"/.exec(text)?.[1] ?? "none";
    const parts = text.split(`--${boundary}`).slice(1, -1);
    return new Map(
      parts.map((part) => {
        const [head = "", ...body] = part.trim().split("\n\n");
        return [/Content-Type: ([^;\n]+)/.exec(head)?.[1] ?? "", body.join("\n\n")];
      }),
    );
  }

  it("is base64 of a MIME document that ends", () => {
    const args = { cpu: 16, scratch: false };
    expect(Buffer.from(userData(args), "base64").toString()).toBe(userDataText(args));
    expect(userDataText(args)).toMatch(/^MIME-Version: 1\.0\n/);
    expect(userDataText(args)).toMatch(/--kubeflow-node--\n$/);
  });

  it("loads every module that istio-init needs, now and at boot", () => {
    const script = partsOf(userDataText({ cpu: 16, scratch: false })).get("text/x-shellscript") ?? "";
    const written = /modules-load\.d\/istio\.conf <<'MODULES'\n([\s\S]*?)\nMODULES/.exec(script)?.[1];
    expect(script).toMatch(/^#!\/bin\/bash\n/);
    expect(written?.split("\n")).toEqual([...ISTIO_KERNEL_MODULES]);
    expect(script).toContain("systemctl restart systemd-modules-load.service");
  });

  it.each([
    { cpu: 16, scratch: false, pods: 110, storage: undefined },
    { cpu: 96, scratch: true, pods: 250, storage: "RAID0" },
  ])("tells nodeadm of $pods pods on $cpu CPUs, and of scratch space: $scratch", ({ cpu, scratch, pods, storage }) => {
    const config = load(partsOf(userDataText({ cpu, scratch })).get("application/node.eks.aws") ?? "");
    expect(at(config, "apiVersion")).toBe("node.eks.aws/v1alpha1");
    expect(at(config, "spec", "kubelet", "config", "maxPods")).toBe(pods);
    expect(at(config, "spec", "kubelet", "maxPodsExpression")).toBe(String(pods));
    expect(at(config, "spec", "instance", "localStorage", "strategy")).toBe(storage);
  });
});
