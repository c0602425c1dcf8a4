import { z } from "zod";
import { DURATION_PATTERN, SIZE_PATTERN } from "../kit/units.ts";
import { releases, type ReleaseVersion } from "../kubeflow/releases/index.ts";

/** Shortest stack secret: 32 characters of base64 or hexadecimal are at least 128 bits. */
export const SECRET_LENGTH = 32;

const size = z.string().regex(SIZE_PATTERN, "a size such as 64 GB or 1.5 TB");
const count = (most: number) => z.int().min(1).max(most);
const machine = { cpu: count(1024), memory: size, disk: size };
const poolName = z
  .string()
  .regex(/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/, "lower-case letters, digits and dashes, 1 to 32 characters");

const nodes = z.strictObject({ count: count(1000), ...machine });
const gpuPool = z.strictObject({ name: poolName, count: count(1000), ...machine, gpus: count(16) });

const cluster = z.strictObject({
  kubeconfig: z.string().min(1).optional(),
  context: z.string().min(1).optional(),
  nodes: nodes.partial().optional(),
  gpuPools: z.array(gpuPool).optional(),
});

const release = z.strictObject({
  version: z.enum(Object.keys(releases) as [ReleaseVersion]).default("1.8.1"),
  source: z.string().min(1).optional(),
  deadline: z.string().regex(DURATION_PATTERN, "a duration such as 90s, 20m or 1h").default("20m"),
});

/** Every setting of the project; the keys are those of a stack file without the `kubeflow:` before them. */
export const schema = z.strictObject({
  environment: z.enum(["dev", "prod"]),
  cloud: z.enum(["existing"]),
  cluster: cluster.default({}),
  release: release.prefault({}),
  // Pulumi.yaml gives an empty default, without which a preview would ask for it.
  secret: z.preprocess((value) => (value === "" ? undefined : value), z.string().min(SECRET_LENGTH).optional()),
});

/** Paths whose values never appear in an error text. */
export const SECRET_PATHS: ReadonlySet<string> = new Set(["secret", "cluster.kubeconfig"]);

export type RawSettings = z.infer<typeof schema>;
export type NodeRequest = z.infer<typeof nodes>;
export type GpuPoolRequest = z.infer<typeof gpuPool>;

/** The cluster that is asked for, defaults filled in. Sizes are decimal (1 GB = 10^9 bytes) and per node. */
export interface ClusterRequest {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly nodes: NodeRequest;
  readonly gpuPools: readonly GpuPoolRequest[];
}
