import { z } from "zod";
import { defined } from "../kit/defined.ts";
import { bytesOf, SIZE_PATTERN } from "../kit/units.ts";
import type { AirGapSettings } from "../kubeflow/air-gap/settings.ts";
import type { RegistryAccount } from "../kubeflow/images/settings.ts";
import type { IngressSettings } from "../kubeflow/ingress/settings.ts";
import { type ClusterRequest, CLOUDS, type GpuPoolRequest } from "./contract.ts";
import { parseCidr } from "./network/cidr.ts";
import { PRINCIPAL_LISTS } from "./principals.ts";
import { GPU_FAMILIES } from "./sizing/catalogue.ts";
import { GENERAL_POOL } from "./sizing/pools.ts";

/** Kubernetes minors that the platform is installed on. */
export const KUBERNETES_VERSIONS = ["1.31", "1.32", "1.33", "1.34", "1.35", "1.36"] as const;
export type KubernetesVersion = (typeof KUBERNETES_VERSIONS)[number];
const DEFAULT_VERSION = "1.34" satisfies KubernetesVersion;

// Each description ends the sentence "it must be ..." of an error text.
const size = z.string().regex(SIZE_PATTERN).describe("a size such as 64 GB or 1.5 TB");
const whole = (least: number, most: number) =>
  z.int().min(least).max(most).describe(`a whole number from ${least} to ${most}`);
const name = (most: number) =>
  z
    .string()
    .regex(new RegExp(`^[a-z]([a-z0-9-]{0,${most - 2}}[a-z0-9])?$`))
    .describe(`lower-case letters, digits and dashes, beginning with a letter, ${most} characters at most`);
const cidr = z
  .string()
  .refine((text) => parseCidr(text) !== undefined)
  .describe("a range of IPv4 addresses by its first, such as 10.0.0.0/16");
const zone = z.string().regex(/^[a-z0-9-]+$/, "the name of a zone as the cloud has it");
const zones = z.array(zone).min(1).describe("a list of zones as the cloud names them");
const instanceType = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/)
  .describe("an instance type as the cloud names it")
  .optional();
const machine = { cpu: whole(1, 1024), memory: size, disk: size };

const nodes = z.strictObject({ count: whole(1, 1000), max: whole(1, 1000), ...machine, instanceType });

const gpuPool = z.strictObject({
  name: name(32),
  count: whole(1, 1000),
  min: whole(0, 1000).optional(),
  max: whole(1, 1000).optional(),
  ...machine,
  gpus: whole(1, 16),
  family: z
    .enum(GPU_FAMILIES)
    .describe(`one of ${GPU_FAMILIES.join(", ")}: one family a pool`)
    .optional(),
  instanceType,
  zones: zones.optional(),
  training: z.boolean().describe("true or false").default(false),
  spot: z.boolean().describe("true or false").default(false),
});

const gpuPools = z.array(gpuPool).superRefine((pools, context) => {
  const taken = new Set([GENERAL_POOL]);
  for (const [index, { name }] of pools.entries()) {
    const message = name === GENERAL_POOL ? `another name: the general nodes have it` : `a name that no other pool has`;
    if (taken.has(name)) context.addIssue({ code: "custom", path: [index, "name"], message });
    taken.add(name);
  }
});

const network = z.strictObject({
  /** Of the nodes; on AWS of the pods as well. */
  cidr: cidr.default("10.0.0.0/16"),
  pods: cidr.default("10.4.0.0/14"),
  services: cidr.default("10.8.0.0/16"),
});

const access = z
  .union([z.literal("private"), z.strictObject({ cidrs: z.array(cidr).min(1) })])
  .describe("private, or {cidrs: [203.0.113.0/24, ...]}: from where the API server can be reached");

const principals = z
  .array(z.string().min(1))
  .describe("a list of people and roles as the cloud writes them, such as [arn:aws:iam::123456789012:role/NAME]");

// YAML reads 1.34 as a number.
const version = z.preprocess(
  (value) => (typeof value === "number" ? String(value) : value),
  z.enum(KUBERNETES_VERSIONS).default(DEFAULT_VERSION),
);

/** `cloud`: where the platform stands. */
export const cloudSetting = z.enum(CLOUDS);

/** `region`: as the cloud names it. */
export const regionSetting = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/)
  .describe("a region as the cloud names it");

/** `project`: of Google Cloud. */
export const projectSetting = z
  .string()
  .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/)
  .describe("the id of a Google Cloud project");

/** `storage`: what there is beside the default StorageClass. */
export const storageSettings = z.strictObject({
  shared: z.boolean().describe("true or false").default(false),
  scratch: z.boolean().describe("true or false").default(false),
});

/** `cluster`: the size of the cluster and, where one is made, what it is made like. */
export const clusterSettings = z.strictObject({
  kubeconfig: z.string().min(1).describe("the text or the path of a kubeconfig").optional(),
  context: z.string().min(1).describe("the name of a context of the kubeconfig").optional(),
  check: z.boolean().describe("true or false").default(true),
  name: name(20).optional(),
  version,
  zones: zones.optional(),
  network: network.prefault({}),
  access: access.optional(),
  admins: principals.default([]),
  viewers: principals.default([]),
  protect: z.boolean().describe("true or false").optional(),
  /** Whether nodes reach the internet. */
  nat: z.boolean().describe("true or false").default(true),
  nodes: nodes.partial().optional(),
  gpuPools: gpuPools.optional(),
});

/** Paths of these settings that hold secrets, at or below them. */
export const CLUSTER_SECRETS = ["cluster.kubeconfig"] as const;

type NodeSettings = z.input<typeof nodes>;
type GpuPoolSettings = z.infer<typeof gpuPool>;

/** What an environment asks of a cluster where the settings leave it out. */
export interface ClusterDefaults {
  readonly nodes: NodeSettings;
  readonly gpuPools: readonly z.input<typeof gpuPool>[];
}

/** The settings that a cluster comes from, each of them checked. */
export interface ParsedClusterSettings {
  readonly environment: ClusterRequest["environment"];
  readonly cloud: ClusterRequest["cloud"];
  readonly region?: string | undefined;
  readonly project?: string | undefined;
  readonly storage: ClusterRequest["storage"];
  readonly cluster: z.infer<typeof clusterSettings>;
  readonly airGap?: AirGapSettings | undefined;
  readonly registries: readonly RegistryAccount[];
  readonly ingress: Pick<IngressSettings, "service">;
}

/** What one cloud needs and another has no use for; for `superRefine` on the settings as a whole. */
export function checkCloudSettings(settings: ParsedClusterSettings, context: z.RefinementCtx): void {
  const { cloud, region, project, cluster, ingress } = settings;
  const refuse = (message: string, ...path: (string | number)[]) => context.addIssue({ code: "custom", path, message });
  for (const path of repeated(cluster)) refuse("somebody whom neither admins nor viewers name already", ...path);
  if (cloud !== "existing" && region === undefined) refuse(`a region of ${cloud}, as cloud is ${cloud}`, "region");
  if (cloud === "gcp" && project === undefined) refuse("the id of a Google Cloud project, as cloud is gcp", "project");
  if (cloud === "existing") return;
  if (!cluster.nat && ingress.service.visibility === "public") {
    refuse(
      "internal, as cluster.nat is false: who cannot get out is not reached from there",
      "ingress",
      "service",
      "visibility",
    );
  }
  for (const key of ["kubeconfig", "context"] as const) {
    if (cluster[key] !== undefined) refuse(`left out, as cloud is ${cloud} and not existing`, "cluster", key);
  }
}

/** Paths of principals that are named before: one has one entry. */
function repeated(cluster: Pick<ParsedClusterSettings["cluster"], "admins" | "viewers">): (string | number)[][] {
  const named = PRINCIPAL_LISTS.flatMap((list) =>
    cluster[list].map((principal, index) => ({ principal, path: ["cluster", list, index] })),
  );
  return named
    .filter(({ principal }, index) => named.findIndex((other) => other.principal === principal) < index)
    .map(({ path }) => path);
}

/** The cluster that the settings ask for, with the environment's defaults. */
export function clusterRequestOf(
  settings: Omit<ParsedClusterSettings, "ingress">,
  defaults: ClusterDefaults,
): ClusterRequest {
  const { environment, cloud, region, project, cluster, storage, airGap, registries } = settings;
  const nodes = { ...defaults.nodes, ...defined(cluster.nodes ?? {}) };
  const pools = cluster.gpuPools ?? defaults.gpuPools.map((pool) => gpuPool.parse(pool));
  return {
    environment,
    cloud,
    name: cluster.name ?? `kubeflow-${environment}`,
    version: cluster.version,
    network: cluster.network,
    access: typeof cluster.access === "object" ? { kind: "cidrs", cidrs: cluster.access.cidrs } : { kind: "private" },
    isAccessChosen: cluster.access !== undefined,
    admins: cluster.admins,
    viewers: cluster.viewers,
    isProtected: cluster.protect ?? environment === "prod",
    nodes: { ...defined(nodes), ...bytes(nodes), max: cluster.nodes?.max ?? Math.max(nodes.count, nodes.max) },
    gpuPools: pools.map(gpuPoolRequestOf),
    storage,
    nat: cluster.nat,
    registries,
    check: cluster.check,
    ...defined({
      airGap,
      region,
      project,
      zones: cluster.zones,
      kubeconfig: cluster.kubeconfig,
      context: cluster.context,
    }),
  };
}

function gpuPoolRequestOf(pool: GpuPoolSettings): GpuPoolRequest {
  const { min = 0, max = pool.count, ...rest } = pool;
  return { ...defined(rest), ...bytes(pool), min, max };
}

function bytes({ memory, disk }: { readonly memory: string; readonly disk: string }) {
  return { memory: bytesOf(memory), disk: bytesOf(disk) };
}
