import { describe, expect, it } from "vitest";
import type { Capability, Cloud } from "../../../components/cluster/contract.ts";
import { draftPlan, refuse } from "../../../components/cluster/draft.ts";
import { clusterRequestOf, clusterSettings } from "../../../components/cluster/settings.ts";
import { type Environment, environments } from "../../../components/settings/environments.ts";

const YES: Capability = { supported: true, by: "the test" };
const NO = (substitute: string): Capability => ({ supported: false, substitute });

const GPU: Cloud["gpu"] = {
  driver: "580",
  cuda: "13.0",
  driverBy: "the test",
  devicePlugin: "program",
  source: "test",
  date: "2026-01-01",
};

const cloud: Pick<Cloud, "title" | "catalogue" | "capabilities" | "gpu"> = {
  gpu: GPU,
  title: "A cloud",
  capabilities: {
    zones: YES,
    nodeUserData: YES,
    registryAuthority: YES,
    isolation: YES,
    diskSizes: YES,
    privateEndpoint: YES,
    sharedVolumes: YES,
    gpus: YES,
    networkPolicy: YES,
    principals: { ...YES, form: /^role:/, says: "role: and a name" },
  },
  catalogue: {
    source: "test",
    date: "2026-01-01",
    priceSource: "unknown",
    zones: { "us-east-1": ["a", "b", "c", "d"], "us-west-9": ["z"] },
    types: [
      { name: "m.16", cpu: 16, memory: 64e9, localDisk: 0, regions: "unknown", price: 1 },
      { name: "m.32", cpu: 32, memory: 128e9, localDisk: 0, regions: "unknown", price: 2, fixedDisk: 4e11 },
      {
        name: "g.32",
        cpu: 32,
        memory: 256e9,
        localDisk: 0,
        regions: ["us-east-1"],
        price: 9,
        gpu: { family: "a10g", count: 8 },
      },
      {
        name: "p.32",
        cpu: 32,
        memory: 256e9,
        localDisk: 0,
        regions: ["us-east-1"],
        price: 9,
        gpu: { family: "v100", count: 8 },
      },
    ],
  },
};

const POOL = { name: "gpu", count: 1, cpu: 8, memory: "64 GB", disk: "1 TB", gpus: 8 };

interface Asked {
  readonly environment?: Environment;
  readonly region?: string;
  readonly cluster?: object;
  readonly storage?: { readonly shared: boolean; readonly scratch: boolean };
}

function draft(asked: Asked, changes: Partial<Cloud["capabilities"]> = {}, gpu = GPU) {
  const { environment = "prod", region = "us-east-1", storage = { shared: false, scratch: false } } = asked;
  const cluster = clusterSettings.parse(asked.cluster ?? {});
  const settings = { environment, cloud: "aws", region, cluster, storage, registries: [] } as const;
  const request = clusterRequestOf(settings, environments[environment]);
  return draftPlan({ ...cloud, gpu, capabilities: { ...cloud.capabilities, ...changes } }, request);
}

describe("the draft of a plan", () => {
  it("spreads the environment's nodes over three zones, and taints those with GPUs", () => {
    const { zones, pools, problems } = draft({});
    expect(problems).toEqual([]);
    expect(zones).toEqual(["a", "b", "c"]);
    expect(pools).toMatchObject([
      { name: "node", purpose: "general", instanceType: "m.32", count: 6, min: 6, max: 12, taints: [], zones },
      {
        name: "gpu",
        purpose: "gpu",
        instanceType: "g.32",
        count: 1,
        min: 0,
        max: 1,
        gpu: { family: "a10g", count: 8 },
        labels: { "nvidia.com/gpu.present": "true", "kubeflow-on-pulumi/gpu-family": "a10g" },
        taints: [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }],
      },
    ]);
  });

  it("keeps off interruptible nodes what cannot start again", () => {
    const { pools } = draft({ cluster: { gpuPools: [{ ...POOL, training: true, spot: true }] } });
    expect(pools[1]?.taints.map(({ key }) => key)).toEqual(["nvidia.com/gpu", "kubeflow-on-pulumi/spot"]);
  });

  it("takes a chosen type, and says what it has less of", () => {
    const { pools, deviations } = draft({ cluster: { nodes: { instanceType: "m.16" }, gpuPools: [] } });
    expect(pools).toMatchObject([{ instanceType: "m.16", cpu: 16, disk: 2e12 }]);
    expect(deviations).toEqual([
      { setting: "cluster.nodes.cpu", asked: "32 CPU", given: "m.16 (16 CPU, 64 GB)" },
      { setting: "cluster.nodes.memory", asked: "128 GB", given: "m.16 (16 CPU, 64 GB)" },
    ]);
  });

  it("says what a cloud cannot do, and what stands in for it", () => {
    const { deviations, zones } = draft(
      { cluster: { gpuPools: [] } },
      { zones: NO("one data centre"), privateEndpoint: NO("a firewall"), diskSizes: NO("attached volumes") },
    );
    expect(zones).toEqual([]);
    expect(deviations).toEqual([
      { setting: "cluster.zones", asked: "several zones", given: "one data centre" },
      { setting: "cluster.access", asked: "private", given: "a firewall" },
      { setting: "cluster.nodes.disk", asked: "2 TB", given: "400 GB that come with m.32, and attached volumes" },
    ]);
  });

  it("says what stands in for shared volumes, and when nobody gets scratch space", () => {
    const storage = { shared: true, scratch: true };
    const { deviations, warnings } = draft({ storage }, { sharedVolumes: NO("the object store") });
    expect(deviations).toContainEqual({
      setting: "storage.shared",
      asked: "volumes that several nodes write",
      given: "the object store",
    });
    expect(warnings).toContain(
      "storage.scratch: no pool of cluster.gpuPools has training: true, so no node gets local NVMe as scratch",
    );
    expect(draft({ storage }).deviations.map(({ setting }) => setting)).not.toContain("storage.shared");
  });

  it("refuses scratch space where no machine has local disks", () => {
    const storage = { shared: false, scratch: true };
    const { problems } = draft({ storage, cluster: { gpuPools: [{ ...POOL, training: true }] } });
    expect(problems).toEqual([expect.stringMatching(/^cluster\.gpuPools\[0\]: no instance type .*local NVMe/)]);
  });

  it("says that a driver is not known before the nodes are there", () => {
    const says =
      "which NVIDIA driver and CUDA the nodes get cannot be chosen here and is not known before, by the test";
    expect(draft({}, {}, { ...GPU, driver: "unknown" }).warnings).toContain(`cluster.gpuPools: ${says}`);
    expect(draft({}).warnings.join()).not.toContain("driver");
    expect(draft({ cluster: { gpuPools: [] } }, {}, { ...GPU, driver: "unknown" }).warnings.join()).not.toContain(
      "driver",
    );
  });

  it("warns of what may surprise", () => {
    const both = [
      { ...POOL, family: "a10g" },
      { ...POOL, name: "old", family: "v100" },
    ];
    expect(draft({ cluster: { gpuPools: both } }).warnings).toEqual([
      expect.stringContaining("cluster.access is not set, so the API server is private"),
      "cluster.nodes: whether us-east-1 has m.32 is not known here; ask the cloud before you rely on it",
      expect.stringContaining("GPUs of several families (a10g, v100)"),
    ]);
  });

  it.each<[string, Asked, string]>([
    [
      "an unknown instance type",
      { cluster: { nodes: { instanceType: "m.33" } } },
      "cluster.nodes: the catalogue has no instance type m.33",
    ],
    [
      "more than any machine has",
      { cluster: { nodes: { cpu: 500 } } },
      "cluster.nodes: no instance type in us-east-1 has 500 CPU",
    ],
    [
      "ranges that overlap",
      { cluster: { network: { pods: "10.0.128.0/17" } } },
      "cluster.network: cidr 10.0.0.0/16 and pods 10.0.128.0/17 overlap",
    ],
    ["one zone", { cluster: { zones: ["a"] } }, "cluster.zones: a is one zone, whose loss is the platform's"],
    ["a region of one zone", { region: "us-west-9", cluster: { gpuPools: [] } }, "cluster.zones: z is one zone"],
    [
      "a zone of another region",
      { cluster: { zones: ["a", "z"] } },
      "cluster.zones: us-east-1 has no zone z; it has a, b, c, d",
    ],
    [
      "an unknown region",
      { region: "us-east-11" },
      "region: us-east-11 is not in the table of zones (did you mean us-east-1?)",
    ],
    ["everybody", { cluster: { access: { cidrs: ["0.0.0.0/0"] } } }, "cluster.access: 0.0.0.0/0 is everybody"],
    [
      "a type of another family",
      { cluster: { gpuPools: [{ ...POOL, family: "v100", instanceType: "g.32" }] } },
      "cluster.gpuPools[0]: g.32 (32 CPU, 256 GB, 8 x a10g) has another GPU family than v100: a pool has one family",
    ],
    [
      "interruptible nodes for anything",
      { cluster: { gpuPools: [{ ...POOL, spot: true }] } },
      "cluster.gpuPools[0].spot: the cloud takes spot nodes back",
    ],
    [
      "bounds that exclude the count",
      { cluster: { nodes: { max: 3 } } },
      "cluster.nodes: count 6 is not between min 6 and max 3",
    ],
    [
      "a pool in a zone of its own",
      { cluster: { gpuPools: [{ ...POOL, zones: ["d"] }] } },
      "cluster.gpuPools[0].zones: d is none of the cluster's, a, b, c",
    ],
  ])("refuses %s", (_, settings, problem) => {
    const { problems } = draft(settings);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  it("takes everybody and one zone in a test environment, which it says", () => {
    const asked = { environment: "dev" as const, cluster: { zones: ["a"], access: { cidrs: ["0.0.0.0/0"] } } };
    const { problems, warnings } = draft(asked);
    expect(problems).toEqual([]);
    expect(warnings).toContain("cluster.access: 0.0.0.0/0 lets everybody to the API server; prod refuses it");
  });

  it("is refused with every problem in one error", () => {
    const { problems } = draft({ cluster: { zones: ["a"], network: { pods: "10.0.0.0/16" }, nodes: { cpu: 500 } } });
    expect(() => refuse(cloud, problems)).toThrow(
      /^A cloud cannot give the cluster that the settings ask for, for 3 reasons:\n {2}cluster\.network.*\n {2}cluster\.zones.*\n {2}cluster\.nodes/,
    );
    expect(() => refuse(cloud, [])).not.toThrow();
  });
});
