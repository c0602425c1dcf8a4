import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodePool } from "../../../components/cluster/contract.ts";
import { acceleratorOf, catalogue } from "../../../components/cluster/gcp/catalogue.ts";
import { evenlySpread, plan } from "../../../components/cluster/gcp/plan.ts";
import { cidrOf, contains, overlap } from "../../../components/cluster/network/cidr.ts";
import { parseSettings } from "../../../components/settings/parse.ts";

const requestOf = (settings: object) =>
  parseSettings({ environment: "prod", cloud: "gcp", region: "europe-west4", project: "my-project", ...settings })
    .cluster;

describe("a plan for Google Cloud", () => {
  it("has the general nodes over three zones and the GPU node in one", () => {
    const { pools } = plan(requestOf({}));
    expect(pools.map(({ name, instanceType, count, zones }) => [name, instanceType, count, zones.length])).toEqual([
      ["node", "n2d-standard-32", 6, 3],
      ["gpu", "g2-standard-96", 1, 1],
    ]);
  });

  it("keeps nodes and control plane apart, in the network of the settings", () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 22 }), (prefix) => {
        const cidr = `172.16.0.0/${Math.max(prefix, 12)}`;
        const { ranges } = plan(requestOf({ cluster: { network: { cidr } } }));
        const [nodes, controlPlane] = [cidrOf(ranges.nodes), cidrOf(ranges.controlPlane)];
        expect(contains(cidrOf(cidr), nodes) && contains(cidrOf(cidr), controlPlane)).toBe(true);
        expect(overlap(nodes, controlPlane)).toBe(false);
        expect(controlPlane.prefix).toBe(28);
      }),
    );
  });

  it("refuses a network without room, and GPUs that GKE does not attach", () => {
    expect(() => plan(requestOf({ cluster: { network: { cidr: "10.0.0.0/24" } } }))).toThrow(
      "cluster.network.cidr: 10.0.0.0/24 is too small; a /22 or larger, such as 10.0.0.0/16",
    );
    const pool = { name: "old", count: 1, cpu: 8, memory: "32 GB", disk: "100 GB", gpus: 1, family: "v100" };
    expect(() => plan(requestOf({ cluster: { gpuPools: [pool] } }))).toThrow(/v100/);
  });
});

describe("those whom the settings let in on Google Cloud", () => {
  it("get a role that reaches further, which the plan says", () => {
    const { deviations } = plan(requestOf({ cluster: { viewers: ["user:ada@example.com"] } }));
    expect(deviations).toContainEqual({
      setting: "cluster.viewers",
      asked: "access to kubeflow-prod",
      given: "roles/container.viewer, which holds for every cluster of the project",
    });
  });
});

describe("a pool of GKE", () => {
  const pool = (count: number, zones: readonly string[]) =>
    ({ count, zones, name: "x", labels: {}, taints: [] }) as unknown as NodePool;

  it("has exactly the nodes that are asked for, in as many zones as divide them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4 }), (count, width) => {
        const zones = ["a", "b", "c", "d"].slice(0, width);
        const spread = evenlySpread(pool(count, zones));
        expect(count % spread.zones.length).toBe(0);
        expect(zones.slice(0, spread.zones.length)).toEqual(spread.zones);
        const wider = zones.length > spread.zones.length ? spread.zones.length + 1 : undefined;
        if (wider !== undefined && wider <= count) expect(count % wider).not.toBe(0);
      }),
    );
  });
});

describe("the catalogue of Google Cloud", () => {
  it("has a name for every GPU that it lists, and a zone for every region", () => {
    for (const { name, gpu } of catalogue.types) {
      if (gpu !== undefined) expect(acceleratorOf(gpu.family), name).toMatch(/^nvidia-/);
    }
    for (const [region, zones] of Object.entries(catalogue.zones)) {
      expect(zones.length, region).toBeGreaterThanOrEqual(3);
      expect(zones.every((zone) => zone.startsWith(`${region}-`))).toBe(true);
    }
  });
});
