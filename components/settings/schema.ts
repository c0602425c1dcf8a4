import { z } from "zod";
import {
  checkCloudSettings,
  CLUSTER_SECRETS,
  cloudSetting,
  clusterRequestOf,
  clusterSettings,
  projectSetting,
  regionSetting,
  storageSettings,
} from "../cluster/settings.ts";
import { DURATION_PATTERN, secondsOf } from "../kit/units.ts";
import { AIR_GAP_SECRETS, airGapSettings } from "../kubeflow/air-gap/settings.ts";
import { AUTH_SECRETS, authSettings } from "../kubeflow/auth/settings.ts";
import { rotationSettings } from "../kubeflow/credentials/settings.ts";
import { TRAINING_OPERATOR_VERSIONS, type TrainingOperatorVersion } from "../kubeflow/extras.ts";
import { registriesSettings } from "../kubeflow/images/settings.ts";
import { INGRESS_SECRETS, ingressSettings } from "../kubeflow/ingress/settings.ts";
import { meshSettings } from "../kubeflow/network/settings.ts";
import { DEFAULT_RELEASE, releases, type ReleaseVersion } from "../kubeflow/releases/index.ts";
import { LONGEST_DEADLINE } from "../kubeflow/retry/backoff.ts";
import { componentsSettings } from "../kubeflow/selection/settings.ts";
import { SERVICES_SECRETS, servicesSettings } from "../kubeflow/services/settings.ts";
import { findingsOf } from "../tenancy/checks.ts";
import { PROFILE_STORE_SECRETS } from "../tenancy/object-store/settings.ts";
import { profilesSettings, teamsSettings, tenancySettings, usersSettings } from "../tenancy/settings.ts";
import { environments } from "./environments.ts";

/** Project name: what stands before the colon of every key in a stack file. */
export const PROJECT = "kubeflow";

/** Shortest stack secret: 32 characters of base64 or hexadecimal are at least 128 bits. */
export const SECRET_LENGTH = 32;

// Each description ends the sentence "it must be ..." of an error text.
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
  version: z.enum(Object.keys(releases) as [ReleaseVersion]).default(DEFAULT_RELEASE),
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
export const schema = z
  .strictObject({
    environment: z.enum(["dev", "prod"]),
    cloud: cloudSetting,
    region: z.preprocess(noneIfEmpty, regionSetting.optional()),
    project: z.preprocess(noneIfEmpty, projectSetting.optional()),
    cluster: clusterSettings.prefault({}),
    storage: storageSettings.prefault({}),
    release: release.prefault({}),
    components: componentsSettings(releases[DEFAULT_RELEASE].components).default({}),
    ingress: ingressSettings.prefault({}),
    auth: authSettings.prefault({}),
    rotation: rotationSettings.default({}),
    registries: registriesSettings,
    mesh: meshSettings.prefault({}),
    services: servicesSettings.default({}),
    airGap: z.preprocess(noneIfEmpty, airGapSettings.optional()),
    users: usersSettings.default({}),
    teams: teamsSettings.default({}),
    profiles: profilesSettings,
    tenancy: tenancySettings.prefault({}),
    secret: z.preprocess(noneIfEmpty, secret.optional()),
  })
  .superRefine(checkCloudSettings)
  .superRefine((settings, context) => {
    // What is wrong by itself cannot be compared with anything.
    if (context.issues.length > 0) return;
    const { nodes, gpuPools } = clusterRequestOf(settings, environments[settings.environment]);
    for (const { path, message } of findingsOf({ ...settings, nodes, gpuPools })) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
  });

/** Paths whose values, and those below them, never appear in an error text; `[]` stands for any place in a list. */
export const SECRET_PATHS: readonly string[] = [
  "secret",
  ...CLUSTER_SECRETS,
  "registries",
  ...INGRESS_SECRETS,
  ...AUTH_SECRETS,
  ...SERVICES_SECRETS,
  ...AIR_GAP_SECRETS,
  ...PROFILE_STORE_SECRETS,
];

export type RawSettings = z.infer<typeof schema>;
