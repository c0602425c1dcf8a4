import { describe, expect, it } from "vitest";
import { cloudOf } from "../../../components/cluster/clouds.ts";
import {
  type Capability,
  type CloudName,
  CLOUDS,
  type ClusterRequest,
  type NodePool,
} from "../../../components/cluster/contract.ts";
import { GPU_TAINT } from "../../../components/cluster/sizing/pools.ts";
import { UserError } from "../../../components/kit/errors.ts";
import { type Environment, environments } from "../../../components/settings/environments.ts";
import { parseSettings } from "../../../components/settings/parse.ts";

/** A region of each cloud that has several zones, where the cloud has zones at all, and GPUs. */
const PLACES: Readonly<Record<Exclude<CloudName, "existing">, object>> = {
  aws: { region: "us-east-1" },
  gcp: { region: "us-central1", project: "some-project" },
  digitalocean: { region: "nyc2" },
};
const made = CLOUDS.filter((name) => name !== "existing");
const cases = made.flatMap((name) =>
  (Object.keys(environments) as Environment[]).map((environment) => ({ name, environment })),
);

/** Somebody as each cloud writes them, where it lets others in. */
const SOMEBODY: Readonly<Record<CloudName, string>> = {
  existing: "me",
  aws: "arn:aws:iam::123456789012:role/path/admins",
  gcp: "group:admins@example.com",
  digitalocean: "me@example.com",
};

const POOL = { name: "gpu", count: 1, cpu: 4, memory: "16 GB", disk: "500 GB", gpus: 1 };

function requestFor(name: (typeof made)[number], environment: Environment, settings: object = {}): ClusterRequest {
  return parseSettings({ environment, cloud: name, ...PLACES[name], ...settings }).cluster;
}

describe.each(cases)("$name makes $environment of it:", ({ name, environment }) => {
  const cloud = cloudOf(name);
  const request = requestFor(name, environment);
  const plan = cloud.plan(request);
  const said = (setting: string) => plan.deviations.some((deviation) => deviation.setting === setting);

  it("as many nodes as asked for, with as much as asked for, or a deviation says what is less", () => {
    const [general, ...gpus] = plan.pools;
    const asked = [request.nodes, ...request.gpuPools];
    expect(gpus).toHaveLength(request.gpuPools.length);
    for (const [index, pool] of [general as NodePool, ...gpus].entries()) {
      const setting = index === 0 ? "cluster.nodes" : `cluster.gpuPools[${index - 1}]`;
      for (const what of ["count", "cpu", "memory", "disk"] as const) {
        const enough = pool[what] >= (asked[index]?.[what] ?? 0);
        expect(enough || said(`${setting}.${what}`), `${setting}.${what}`).toBe(true);
      }
      expect(pool.count).toBeGreaterThanOrEqual(pool.min);
      expect(pool.max).toBeGreaterThanOrEqual(pool.count);
    }
  });

  it("general nodes without GPUs that take anything, and GPU nodes that take what asks for GPUs alone", () => {
    for (const pool of plan.pools) {
      const type = cloud.catalogue.types.find((candidate) => candidate.name === pool.instanceType);
      expect(type, pool.instanceType).toBeDefined();
      expect(pool.gpu).toEqual(type?.gpu);
      if (pool.purpose === "general") {
        expect(pool.gpu).toBeUndefined();
        expect(pool.taints).toEqual([]);
      } else {
        expect(pool.gpu).toBeDefined();
        expect(pool.taints).toContainEqual(GPU_TAINT);
        expect(pool.labels).toMatchObject({
          "nvidia.com/gpu.present": "true",
          "kubeflow-on-pulumi/gpu-family": pool.gpu?.family,
        });
      }
    }
  });

  it("in several zones, where the cloud has zones", () => {
    const { supported } = cloud.capabilities.zones;
    const zones = cloud.catalogue.zones[request.region ?? ""] ?? [];
    expect(plan.zones.length).toBe(supported ? Math.min(3, zones.length) : 0);
    for (const zone of plan.pools.flatMap((pool) => pool.zones)) expect(plan.zones).toContain(zone);
    if (environment === "prod") expect(supported || said("cluster.zones")).toBe(true);
  });

  it("an API server that is private unless the settings say otherwise, or a deviation", () => {
    expect(request.access).toEqual({ kind: "private" });
    expect(cloud.capabilities.privateEndpoint.supported || said("cluster.access")).toBe(true);
    expect(plan.warnings).toContainEqual(expect.stringContaining("cluster.access is not set"));
  });
});

describe.each(made)("%s without a way out", (name) => {
  const airGap = { registry: "registry.example.com/kubeflow" };

  it("has nodes that nothing reaches and that reach nothing, or a deviation", () => {
    const cloud = cloudOf(name);
    const { deviations } = cloud.plan(requestFor(name, "prod", { airGap, cluster: { nat: false } }));
    const isSaid = deviations.some(({ setting }) => setting === "cluster.nat");
    expect(isSaid).toBe(!cloud.capabilities.isolation.supported);
  });

  it("is not reached from the internet either", () => {
    const ingress = { service: { visibility: "public" } };
    expect(() => requestFor(name, "prod", { airGap, ingress, cluster: { nat: false } })).toThrow(
      'ingress.service.visibility is "public"; it must be internal, as cluster.nat is false',
    );
  });
});

describe.each(made)("%s refuses, before anything is registered,", (name) => {
  const cloud = cloudOf(name);
  const errorOf = (settings: object): UserError => {
    try {
      cloud.plan(requestFor(name, "prod", settings));
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
    throw new Error("nothing was refused");
  };
  const family = cloud.catalogue.types.find(({ gpu }) => gpu !== undefined)?.gpu?.family;
  const ofAnother = cloud.catalogue.types.find(({ gpu }) => gpu !== undefined && gpu.family !== family)?.name;
  const [first] = cloud.catalogue.zones[(PLACES[name] as { region: string }).region] ?? [];

  it.each<[string, object, string]>([
    ["an instance type that its catalogue has not", { nodes: { instanceType: "x9.colossal" } }, "cluster.nodes: "],
    ["more than any machine has", { nodes: { cpu: 1024, memory: "100 TB" } }, "cluster.nodes: no instance type in "],
    [
      "ranges that overlap",
      { network: { cidr: "10.4.0.0/16" } },
      "cluster.network: cidr 10.4.0.0/16 and pods 10.4.0.0/14 overlap",
    ],
    [
      "everybody at its API server",
      { access: { cidrs: ["203.0.113.0/24", "0.0.0.0/0"] } },
      "cluster.access: 0.0.0.0/0",
    ],
    [
      "no way out for images that come from outside",
      { nat: false },
      "cluster.nat: without a way out no image can be pulled",
    ],
    [
      "two GPU families in a pool",
      { gpuPools: [{ ...POOL, family, instanceType: ofAnother }] },
      "a pool has one family",
    ],
    [
      "interruptible nodes for what cannot start again",
      { gpuPools: [{ ...POOL, spot: true }] },
      "cluster.gpuPools[0].spot",
    ],
    ...(cloud.capabilities.zones.supported
      ? ([["one zone", { zones: [first] }, "is one zone"]] as [string, object, string][])
      : []),
  ])("%s", (_, cluster, problem) => {
    const error = errorOf({ cluster });
    expect(error.message).toContain(problem);
    expect(error.exitCode).toBe(2);
    expect(error.next).toContain("docs/clouds.md");
  });

  it("people and roles that it does not know, and lets others in or says why it cannot", () => {
    const { principals } = cloud.capabilities;
    const admins = [SOMEBODY[name]];
    if (principals.supported) {
      expect(() => cloud.plan(requestFor(name, "prod", { cluster: { admins, viewers: [] } }))).not.toThrow();
      expect(errorOf({ cluster: { admins, viewers: ["Mallory"] } }).message).toContain(
        `cluster.viewers[0]: Mallory is not ${principals.says}`,
      );
    } else {
      expect(errorOf({ cluster: { admins } }).message).toContain(
        `cluster.admins: cannot be given here, ${principals.substitute}; leave it out`,
      );
    }
  });

  it("a region that nobody knows, naming the nearest", () => {
    expect(errorOf({ region: "mars-1" }).message).toMatch(/region: mars-1 .*did you mean/);
  });

  it("several problems at once, in one error", () => {
    const { message } = errorOf({ cluster: { nodes: { cpu: 1024 }, access: { cidrs: ["0.0.0.0/0"] } } });
    expect(message).toContain("for 2 reasons:");
  });
});

describe("an existing cluster", () => {
  it("lets nobody in", () => {
    const request = parseSettings({ environment: "prod", cloud: "existing", cluster: { admins: ["me"] } }).cluster;
    expect(() => cloudOf("existing").plan(request)).toThrow(
      "cluster.admins: cannot be given here, whoever administers the cluster lets others in; leave it out",
    );
  });
});

describe.each(["1.30", "1.37", "1.34.4", "latest"])("Kubernetes %s", (version) => {
  it("is refused on every cloud", () => {
    for (const name of made) {
      expect(() => requestFor(name, "dev", { cluster: { version } })).toThrow(
        `cluster.version is "${version}"; it must be one of 1.31, 1.32, 1.33, 1.34, 1.35, 1.36`,
      );
    }
  });
});

describe.each(CLOUDS)("%s", (name) => {
  const { capabilities, catalogue, cniBinDirectory, gpu, title } = cloudOf(name);

  it("says of everything that it can or cannot do by what, or what stands in for it", () => {
    const declared: Record<string, Capability> = { ...capabilities };
    for (const [what, capability] of Object.entries(declared)) {
      const words = capability.supported ? capability.by : capability.substitute;
      expect(words, what).toMatch(/\w{2}/);
    }
    expect(title).toMatch(/\w/);
    expect(cniBinDirectory).toMatch(/^\/[\w/-]+$/);
  });

  it("has a catalogue that says where each figure is from, and guesses none", () => {
    const names = catalogue.types.map((type) => type.name);
    expect(new Set(names).size).toBe(names.length);
    expect(catalogue.source).toMatch(/\w/);
    for (const date of [catalogue.date, gpu.date]) expect(date).toMatch(/^20\d\d-\d\d-\d\d$/);
    for (const { cpu, memory, price, name: type } of catalogue.types) {
      expect(cpu, type).toBeGreaterThan(0);
      expect(memory, type).toBeGreaterThan(1e9);
      if (price !== "unknown") expect(price, type).toBeGreaterThan(0);
    }
    if (catalogue.types.some(({ price }) => price !== "unknown")) expect(catalogue.priceSource).not.toBe("unknown");
  });
});
