import { cloudOf } from "../cluster/clouds.ts";
import type { CloudName, ClusterRequest } from "../cluster/contract.ts";
import { clusterRequestOf } from "../cluster/settings.ts";
import { isAlmost } from "../kit/names.ts";
import { secondsOf } from "../kit/units.ts";
import type { AirGapSettings } from "../kubeflow/air-gap/settings.ts";
import { adminEmailOf, type AuthSettings } from "../kubeflow/auth/settings.ts";
import type { Rotation } from "../kubeflow/credentials/labels.ts";
import type { TrainingOperatorVersion } from "../kubeflow/extras.ts";
import type { RegistryAccount } from "../kubeflow/images/settings.ts";
import type { IngressSettings } from "../kubeflow/ingress/settings.ts";
import { PRIVATE_RANGES } from "../kubeflow/network/blocks.ts";
import { type MeshSettings, usesCni } from "../kubeflow/network/settings.ts";
import { releases, type ReleaseVersion } from "../kubeflow/releases/index.ts";
import { completed, type Selection } from "../kubeflow/selection/components.ts";
import type { ServicesSettings } from "../kubeflow/services/settings.ts";
import { withPullRobot } from "../registry/harbor/robots.ts";
import type { Tenancy } from "../tenancy/settings.ts";
import { type Tenant, tenantsOf } from "../tenancy/tenants.ts";
import { type Environment, environments } from "./environments.ts";
import { settingsError } from "./problems.ts";
import { PROJECT, schema } from "./schema.ts";

export { PROJECT } from "./schema.ts";

/** The settings of a stack, checked, with the defaults of its environment. */
export interface Settings {
  readonly environment: Environment;
  readonly cloud: CloudName;
  readonly cluster: ClusterRequest;
  readonly release: {
    readonly version: ReleaseVersion;
    readonly source: string | undefined;
    readonly deadlineSeconds: number;
    readonly trainingOperator: TrainingOperatorVersion;
  };
  /** Which optional components are installed. */
  readonly components: Selection;
  readonly ingress: IngressSettings;
  readonly auth: AuthSettings;
  readonly rotation: Rotation;
  readonly registries: readonly RegistryAccount[];
  readonly mesh: MeshSettings;
  /** What is outside the cluster. */
  readonly services: ServicesSettings;
  /** Undefined where images come from where they are published. Whoever pulls signs in as `pullSecret`, made or given. */
  readonly airGap: AirGapSettings | undefined;
  /** The profiles, the administrator's included, every name resolved. */
  readonly tenants: readonly Tenant[];
  readonly tenancy: Tenancy;
  /** From which every password of the platform is derived; undefined only in a preview. */
  readonly secret: string | undefined;
}

/** Checks settings as a stack file gives them. Throws one UserError that lists every problem. */
export function parseSettings(input: unknown): Settings {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw settingsError(parsed.error, input, schema);
  const { environment, cloud, release, ingress, auth, rotation, registries, mesh, services, airGap, secret } =
    parsed.data;
  const { users, teams, profiles, tenancy } = parsed.data;
  const cluster = clusterRequestOf(parsed.data, environments[environment]);
  return {
    environment,
    cloud,
    cluster,
    release: {
      version: release.version,
      source: release.source,
      deadlineSeconds: secondsOf(release.deadline),
      trainingOperator: release.trainingOperator,
    },
    components: completed(releases[release.version].components, parsed.data.components),
    ingress: exposedBy(cloud, ingress),
    auth,
    rotation,
    registries,
    mesh: {
      ...mesh,
      cni: mesh.cni ?? usesCni({ environment, airGap }),
      cniBinDirectory: mesh.cniBinDirectory ?? cloudOf(cloud).cniBinDirectory,
    },
    services,
    airGap: withPullRobot(airGap, secret, rotation),
    tenants: tenantsOf({
      ...{ users, teams, profiles, gpuPools: cluster.gpuPools },
      admin: adminEmailOf(auth, ingress.host),
      hasInternet: airGap === undefined,
    }),
    tenancy: {
      ...tenancy,
      // Pods and nodes of a cluster that nobody here made have private addresses, and so has its API server, most likely.
      apiServer: tenancy.apiServer ?? cloudOf(cloud).apiServerRanges?.(cluster) ?? [...PRIVATE_RANGES],
    },
    secret,
  };
}

/** Clouds make load balancers; of an existing cluster nobody here knows whether it can. */
function exposedBy(cloud: CloudName, ingress: IngressSettings): IngressSettings {
  const { type = cloud === "existing" ? "ClusterIP" : "LoadBalancer" } = ingress.service;
  return { ...ingress, service: { ...ingress.service, type } };
}

/**
 * Settings by name from configuration as Pulumi hands it over: `project:key` and text, objects and lists as JSON. Keys
 * of other projects are not ours, but one that was only mistyped is kept whole, to be reported.
 */
export function inputOf(config: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, text]) => {
      const [project = "", name = ""] = key.split(":");
      if (project === PROJECT) return [[name, valueOf(text)]];
      return isAlmost(project, PROJECT) ? [[key, valueOf(text)]] : [];
    }),
  );
}

function valueOf(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
