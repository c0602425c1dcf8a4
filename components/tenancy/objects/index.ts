import type { KubernetesObject } from "../../kit/objects.ts";
import { fingerprintKeyOf } from "../../kubeflow/credentials/derive.ts";
import { profilePullObjects } from "../../kubeflow/images/index.ts";
import type { RegistryAccount } from "../../kubeflow/images/settings.ts";
import { awaited } from "../../kubeflow/order/readiness.ts";
import { removedAtOnce } from "../../kubeflow/removal.ts";
import { storeAnnotation, storeObjects } from "../object-store/objects.ts";
import type { TenantPlatform } from "../platform.ts";
import type { Tenancy } from "../settings.ts";
import type { Tenant } from "../tenants.ts";
import { memberObjects } from "./members.ts";
import { namespaceObject, profileObject } from "./namespace.ts";
import { networkPolicy, visitorPolicies } from "./network.ts";
import { artifactRoot, podDefaults } from "./pod-defaults.ts";
import { limitRange, resourceQuota } from "./quota.ts";

export interface TenantContext {
  readonly tenants: readonly Tenant[];
  readonly tenancy: Tenancy;
  /** Sign-ins that what runs in profiles pulls with. */
  readonly registries: readonly RegistryAccount[];
  /** The stack secret; undefined only in a preview. */
  readonly secret: string | undefined;
}

/** Everything of a profile, in the order in which it is needed. */
export interface TenantObjects {
  readonly namespace: KubernetesObject;
  /** What must hold before anything starts there: network, quota and limits. */
  readonly bounds: readonly KubernetesObject[];
  /** Makes the profile controller start what belongs there. */
  readonly profile: KubernetesObject;
  /** People, configurations and sign-ins. */
  readonly furnishings: readonly KubernetesObject[];
}

/** What is applied for a profile. Pure. */
export function tenantObjects(tenant: Tenant, platform: TenantPlatform, context: TenantContext): TenantObjects {
  const network = { tenants: context.tenants, apiServer: context.tenancy.apiServer };
  const key = fingerprintKeyOf(context.secret ?? "");
  return {
    namespace: asApplied(namespaceObject(tenant, platform, storeAnnotation(tenant, platform, key))),
    bounds: [networkPolicy(tenant, platform, network), resourceQuota(tenant), limitRange(tenant)].map(asApplied),
    profile: asApplied(profileObject(tenant)),
    furnishings: [
      ...tenant.members.flatMap((member) => memberObjects(member, tenant, platform)),
      ...visitorPolicies(tenant, network),
      ...(tenant.objectStore === undefined ? artifactRoot(tenant, platform) : storeObjects(tenant, platform)),
      ...podDefaults(tenant, platform, context.tenancy),
      ...profilePullObjects(tenant.name, context.registries),
    ].map(asApplied),
  };
}

/** With what the provider is told of waiting for an object and of removing it. */
function asApplied(object: KubernetesObject): KubernetesObject {
  return removedAtOnce(awaited(object));
}

/** The same as a list. */
export function objectsOf({ namespace, bounds, profile, furnishings }: TenantObjects): KubernetesObject[] {
  return [namespace, ...bounds, profile, ...furnishings];
}
