import type { KubernetesObject } from "../../kit/objects.ts";
import { HOLDS_DATA } from "../../kubeflow/removal.ts";
import { GPU_POOL_PREFIX, MADE_BY_SETTINGS, MANAGED_LABELS } from "../labels.ts";
import type { TenantPlatform } from "../platform.ts";
import type { Tenant } from "../tenants.ts";

/**
 * Left for the profile controller to set: it has the servers of Pipelines started, which are to come after the quota and
 * the limits.
 */
const SET_BY_CONTROLLER = new Set(["pipelines.kubeflow.org/enabled"]);

/**
 * The Namespace of a profile as the profile controller takes it over: its annotation names the owner, without which the
 * Profile fails. The controller adds no sidecar injection to one that is there, so it is asked for here.
 */
export function namespaceObject(
  tenant: Tenant,
  platform: TenantPlatform,
  annotations: Readonly<Record<string, string>>,
): KubernetesObject {
  const known = Object.entries(platform.namespaceLabels).filter(
    ([label, value]) => value !== "" && !SET_BY_CONTROLLER.has(label),
  );
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: tenant.name,
      annotations: { owner: tenant.owner, ...annotations },
      labels: {
        ...tenant.labels,
        ...Object.fromEntries(known),
        [MANAGED_LABELS.injection]: "enabled",
        [MANAGED_LABELS.madeBy]: MADE_BY_SETTINGS,
        ...Object.fromEntries(tenant.gpuPools.map((pool) => [`${GPU_POOL_PREFIX}${pool}`, "allowed"])),
        ...(tenant.isKept ? { [HOLDS_DATA]: "true" } : {}),
      },
    },
  };
}

/** The Profile itself. Its quota is an object of its own, since the controller never takes one away again. */
export function profileObject({ name, owner, identity }: Tenant): KubernetesObject {
  const plugins = pluginsOf(identity);
  return {
    apiVersion: "kubeflow.org/v1",
    kind: "Profile",
    metadata: { name },
    spec: { owner: { kind: "User", name: owner }, ...(plugins.length === 0 ? {} : { plugins }) },
  };
}

/** EKS Pod Identity needs no plug-in: an association of the cluster gives the role. */
function pluginsOf(identity: Tenant["identity"]): object[] {
  if (identity?.irsa !== undefined) {
    // The role's trust is whose it is: the controller gets no rights in IAM.
    return [{ kind: "AwsIamForServiceAccount", spec: { awsIamRole: identity.irsa, annotateOnly: true } }];
  }
  if (identity?.workloadIdentity !== undefined) {
    return [{ kind: "WorkloadIdentity", spec: { gcpServiceAccount: identity.workloadIdentity } }];
  }
  return [];
}
