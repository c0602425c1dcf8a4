import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SimulatedNode } from "../../../rehearsal/control-plane/index.ts";
import { type Properties, Secret, UNKNOWN } from "../../../rehearsal/host/index.ts";
import type { SimulatedCloud } from "../../../rehearsal/providers/simulated/cloud.ts";
import { SimulatedProvider } from "../../../rehearsal/providers/simulated/index.ts";

const CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster";
const POOL = "digitalocean:index/kubernetesNodePool:KubernetesNodePool";
const VPC = "digitalocean:index/vpc:Vpc";
const NODE_POOL = { name: "node", size: "g-16vcpu-64gb", nodeCount: 3 };

const cloud: SimulatedCloud = {
  package: "digitalocean",
  resources: {
    [CLUSTER]: {
      forms: { name: { pattern: /^[a-z-]+$/, says: "a name has lower-case letters and dashes" } },
      outputs: (_, { apiServer }) => ({ endpoint: `https://${apiServer.host}`, token: "hush" }),
      secrets: ["token"],
      refuses: ({ version }) => (version === "1.20" ? ["version 1.20 is too old"] : []),
    },
    [POOL]: {
      nodes: ({ name, inputs }, { find }) =>
        Array.from({ length: Number(inputs["nodeCount"]) }, (_, index) => ({
          name: `${name}-${find("kubeflow")?.id ?? "nowhere"}-${index + 1}`,
          cpu: 4,
          memory: "8Gi",
        })),
    },
  },
  references: {
    properties: ["clusterId", "vpcUuid"],
    allowed: ["default-"],
    isElsewhere: (value) => value.startsWith("vpc-of-others"),
  },
};

let cache: string;
let before: string | undefined;
let joined: SimulatedNode[];
let provider: SimulatedProvider;

beforeAll(async () => {
  cache = await mkdtemp(path.join(tmpdir(), "schemas-"));
  before = process.env["XDG_CACHE_HOME"];
  process.env["XDG_CACHE_HOME"] = cache;
});
afterAll(async () => {
  if (before === undefined) delete process.env["XDG_CACHE_HOME"];
  else process.env["XDG_CACHE_HOME"] = before;
  await rm(cache, { recursive: true, force: true });
});
beforeEach(async () => {
  joined = [];
  provider = new SimulatedProvider(cloud, () =>
    Promise.resolve({
      apiServer: { host: "cluster.invalid", certificateAuthority: "Q0E=" },
      join: (nodes) => {
        joined.push(...nodes);
        return Promise.resolve();
      },
      leave: (names) => {
        joined = joined.filter(({ name }) => !names.includes(name));
        return Promise.resolve();
      },
    }),
  );
  await provider.configure({ inputs: { version: "4.80.1" }, preview: false });
});

const urnOf = (type: string, name: string) => `urn:pulumi:dev::kubeflow::${type}::${name}`;

async function problemsOf(type: string, newInputs: Properties): Promise<string[]> {
  const { failures } = await provider.check({ urn: urnOf(type, "it"), type, newInputs });
  return failures.map(({ property, reason }) => `${property} ${reason}`);
}

async function make(type: string, name: string, inputs: Properties) {
  const urn = urnOf(type, name);
  const { failures } = await provider.check({ urn, type, newInputs: inputs });
  expect(failures).toEqual([]);
  return provider.create({ urn, type, inputs, timeout: 0, preview: false });
}

describe("a simulated cloud", () => {
  const cluster = { name: "kubeflow", region: "nyc1", version: "1.34", nodePool: NODE_POOL };

  it("takes what its SDK declares, secrets and what is unknown included", async () => {
    expect(
      await problemsOf(CLUSTER, { ...cluster, name: UNKNOWN, region: new Secret("nyc1"), tags: ["a"], ha: true }),
    ).toEqual([]);
  });

  it.each<[string, Properties, string]>([
    ["an unknown property", { autoUpgrades: true }, "autoUpgrades is no property; the nearest is autoUpgrade"],
    [
      "an unknown property below another",
      { nodePool: { ...NODE_POOL, sise: "x" } },
      "nodePool.sise is no property; the nearest is size",
    ],
    ["another type", { ha: "yes" }, "ha is a string, not a boolean"],
    ["a type in a list", { tags: ["a", 1] }, "tags[1] is a number, not a string"],
    [
      "a type in a map",
      { nodePool: { ...NODE_POOL, labels: { a: true } } },
      'nodePool.labels["a"] is a boolean, not a string',
    ],
    ["an object for a list", { tags: {} }, "tags is an object, not a list"],
    [
      "a name that the cloud does not take",
      { name: "Kubeflow" },
      'name is "Kubeflow"; a name has lower-case letters and dashes',
    ],
    ["what the cloud refuses", { version: "1.20" }, `${CLUSTER} version 1.20 is too old`],
    ["a reference to nothing", { vpcUuid: "vpc-1" }, 'vpcUuid is "vpc-1", which nothing here is'],
  ])("refuses %s", async (_, changes, problem) => {
    expect(await problemsOf(CLUSTER, { ...cluster, ...changes })).toEqual([problem]);
  });

  it("does not look for what is elsewhere", async () => {
    expect(await problemsOf(CLUSTER, { ...cluster, vpcUuid: "vpc-of-others" })).toEqual([]);
  });

  it("misses what is required, at any depth", async () => {
    expect(await problemsOf(CLUSTER, { ...cluster, nodePool: { name: "node" } })).toEqual(["nodePool.size is missing"]);
    expect(await problemsOf(POOL, { name: "gpu" })).toEqual(["clusterId is missing", "size is missing"]);
  });

  it("knows no other resources, and no other settings of its provider", async () => {
    await expect(provider.check({ urn: "", type: "digitalocean:index/k8s:K8s", newInputs: {} })).rejects.toThrow(
      "digitalocean:index/k8s:K8s is no resource of digitalocean as it is installed",
    );
    await expect(provider.configure({ inputs: { tokn: "x" }, preview: false })).rejects.toThrow(
      "pulumi:providers:digitalocean: tokn is no property; the nearest is token",
    );
  });

  it("answers as the cloud would, and the same each time; secrets stay secret", async () => {
    const made = await make(CLUSTER, "cluster", cluster);
    expect(made.outputs).toMatchObject({ ...cluster, endpoint: "https://cluster.invalid" });
    expect(made.outputs["token"]).toBeInstanceOf(Secret);
    expect(made.id).toMatch(/^[0-9a-f]{17}$/);
    expect((await make(CLUSTER, "cluster", cluster)).id).toBe(made.id);
    expect((await make(CLUSTER, "other", { ...cluster, name: "other" })).id).not.toBe(made.id);
  });

  it("takes references to what is there by id or by any of its outputs, and to its own", async () => {
    const { id } = await make(VPC, "network", { name: "network", region: "nyc1" });
    expect(await problemsOf(CLUSTER, { ...cluster, vpcUuid: id })).toEqual([]);
    expect(await problemsOf(CLUSTER, { ...cluster, vpcUuid: "default-nyc1" })).toEqual([]);
    await provider.delete({ urn: "", type: VPC, id, inputs: {}, outputs: {}, timeout: 0 });
    expect(await problemsOf(CLUSTER, { ...cluster, vpcUuid: id })).toHaveLength(1);
  });

  it("lets the nodes of a pool join, which may depend on what else there is", async () => {
    const { id } = await make(CLUSTER, "cluster", cluster);
    await make(POOL, "gpu", { clusterId: id, name: "gpu", size: "gpu-h100x8-640gb", nodeCount: 1 });
    expect(joined).toEqual([{ name: `gpu-${id}-1`, cpu: 4, memory: "8Gi" }]);
  });

  it("has the nodes leave of a pool that shrinks or goes", async () => {
    const oldInputs = { clusterId: "it", name: "gpu", size: "gpu-h100x8-640gb", nodeCount: 3 };
    const pool = { urn: urnOf(POOL, "gpu"), type: POOL, id: "it", timeout: 0 };
    const names = () => new Set(joined.map(({ name }) => name));
    await make(CLUSTER, "cluster", cluster);
    await provider.create({ ...pool, inputs: oldInputs, preview: false });
    const [first] = joined;
    const newInputs = { ...oldInputs, nodeCount: 1 };
    await provider.update({ ...pool, oldInputs, oldOutputs: oldInputs, newInputs, ignoreChanges: [], preview: false });
    expect(names()).toEqual(new Set([first?.name]));
    await provider.delete({ ...pool, inputs: newInputs, outputs: newInputs });
    expect(names()).toEqual(new Set());
  });

  it("knows what an earlier run has made", async () => {
    const outputs = { name: "network", region: "nyc1" };
    const known = { oldInputs: outputs, oldOutputs: outputs, newInputs: outputs, ignoreChanges: [] };
    const diff = await provider.diff({ urn: urnOf(VPC, "network"), type: VPC, id: "vpc-of-yesterday", ...known });
    expect(diff).toEqual({ changes: false, replaces: [] });
    expect(await problemsOf(CLUSTER, { ...cluster, vpcUuid: "vpc-of-yesterday" })).toEqual([]);
  });
});
