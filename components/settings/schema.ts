import { z } from "zod";
import { DURATION_PATTERN, secondsOf, SIZE_PATTERN } from "../kit/units.ts";
import { AIR_GAP_SECRETS, airGapSettings } from "../kubeflow/air-gap/settings.ts";
import { AUTH_SECRETS, authSettings } from "../kubeflow/auth/settings.ts";
import { rotationSettings } from "../kubeflow/credentials/settings.ts";
import { TRAINING_OPERATOR_VERSIONS, type TrainingOperatorVersion } from "../kubeflow/extras.ts";
import { registriesSettings } from "../kubeflow/images/settings.ts";
import { INGRESS_SECRETS, ingressSettings } from "../kubeflow/ingress/settings.ts";
import { meshSettings } from "../kubeflow/network/settings.ts";
import { releases, type ReleaseVersion } from "../kubeflow/releases/index.ts";
import { LONGEST_DEADLINE } from "../kubeflow/retry/backoff.ts";
import { componentsSettings } from "../kubeflow/selection/settings.ts";
import { SERVICES_SECRETS, servicesSettings } from "../kubeflow/services/settings.ts";

/** Project name: what stands before the colon of every key in a stack file. */
export const PROJECT = "kubeflow";

/** Shortest stack secret: 32 characters of base64 or hexadecimal are at least 128 bits. */
export const SECRET_LENGTH = 32;

// Each description ends the sentence "it must be ..." of an error text.
const size = z.string().regex(SIZE_PATTERN).describe("a size such as 64 GB or 1.5 TB");
const count = (most: number) => z.int().min(1).max(most).describe(`a whole number from 1 to ${most}`);
const machine = { cpu: count(1024), memory: size, disk: size };
const poolName = z
  .string()
  .regex(/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/)
  .describe("lower-case letters, digits and dashes, beginning with a letter, 32 characters at most");

const nodes = z.strictObject({ count: count(1000), ...machine });
const gpuPool = z.strictObject({ name: poolName, count: count(1000), ...machine, gpus: count(16) });

/** How the general nodes are named. */
const NODE = "node";

const gpuPools = z.array(gpuPool).superRefine((pools, context) => {
  const taken = new Set([NODE]);
  for (const [index, { name }] of pools.entries()) {
    const message = name === NODE ? `another name: the general nodes have it` : `a name that no other pool has`;
    if (taken.has(name)) context.addIssue({ code: "custom", path: [index, "name"], message });
    taken.add(name);
  }
});

const cluster = z.strictObject({
  kubeconfig: z.string().min(1).describe("the text or the path of a kubeconfig").optional(),
  context: z.string().min(1).describe("the name of a context of the kubeconfig").optional(),
  nodes: nodes.partial().optional(),
  gpuPools: gpuPools.optional(),
});

const deadline = z
  .string()
  .refine((text) => DURATION_PATTERN.test(text) && secondsOf(text) <= secondsOf(LONGEST_DEADLINE))
  .describe(`a duration such as 90s, 20m or 1h, ${LONGEST_DEADLINE} at most`);

const trainingOperator = z
  .custom<TrainingOperatorVersion>((version) => TRAINING_OPERATOR_VERSIONS.some((known) => known === version))
  .describe(
    "1.7.0 or, where release.source holds its manifests, 1.8.0; from 1.9 on it has no MXJob, and broke the distributed training of users of Kubeflow 1.8",
  );

const release = z.strictObject({
  version: z.enum(Object.keys(releases) as [ReleaseVersion]).default("1.8.1"),
  source: z.string().min(1).describe("a directory, a tar.gz or git").optional(),
  deadline: deadline.default("20m"),
  trainingOperator: trainingOperator.default("1.7.0"),
});

const secret = z.string().min(SECRET_LENGTH).describe(`text of ${SECRET_LENGTH} characters or more`);

/** Pulumi.yaml gives an empty default to what may be left out, which a preview would ask for otherwise. */
function noneIfEmpty(value: unknown): unknown {
  const isEmpty = value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return isEmpty ? undefined : value;
}

/** Every setting of the project; the keys are those of a stack file without the `kubeflow:` before them. */
export const schema = z.strictObject({
  environment: z.enum(["dev", "prod"]),
  cloud: z.enum(["existing"]),
  cluster: cluster.default({}),
  release: release.prefault({}),
  components: componentsSettings(releases["1.8.1"].components).default({}),
  ingress: ingressSettings.prefault({}),
  auth: authSettings.prefault({}),
  rotation: rotationSettings.default({}),
  registries: registriesSettings,
  mesh: meshSettings.prefault({}),
  services: servicesSettings.default({}),
  airGap: z.preprocess(noneIfEmpty, airGapSettings.optional()),
  secret: z.preprocess(noneIfEmpty, secret.optional()),
});

/** Paths whose values, and those below them, never appear in an error text. */
export const SECRET_PATHS: readonly string[] = [
  "secret",
  "cluster.kubeconfig",
  "registries",
  ...INGRESS_SECRETS,
  ...AUTH_SECRETS,
  ...SERVICES_SECRETS,
  ...AIR_GAP_SECRETS,
];

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
