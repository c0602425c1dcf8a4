import type { KubernetesObject } from "../kit/objects.ts";
import { accountsWith } from "../kubeflow/air-gap/index.ts";
import type { AirGapSettings } from "../kubeflow/air-gap/settings.ts";
import type { MeshSettings } from "../kubeflow/network/settings.ts";
import type { ReleaseDefinition } from "../kubeflow/releases/index.ts";
import type { ServicesSettings } from "../kubeflow/services/settings.ts";
import { type TenantContext, tenantObjects, type TenantObjects } from "./objects/index.ts";
import { platformOf } from "./platform.ts";
import { proveQuotas, startedBy } from "./proof/index.ts";

export interface ProfilesOptions extends TenantContext {
  readonly mesh: Pick<MeshSettings, "metricsFrom" | "nameServers">;
  readonly services: Pick<ServicesSettings, "objectStore">;
  readonly airGap: AirGapSettings | undefined;
}

/**
 * What is applied for every profile of the settings on a platform of these objects. Throws UserError where a quota would
 * stop what the platform itself starts in a profile.
 */
export function profilesOn(
  platform: readonly KubernetesObject[],
  release: ReleaseDefinition,
  options: ProfilesOptions,
): TenantObjects[] {
  proveQuotas(options.tenants, startedBy(platform, release.profilePods));
  const known = platformOf(platform, {
    traffic: release.traffic,
    metricsFrom: options.mesh.metricsFrom,
    nameServers: options.mesh.nameServers,
    objectStore: options.services.objectStore,
  });
  const registries = accountsWith(options.airGap, options.registries);
  return options.tenants.map((tenant) => tenantObjects(tenant, known, { ...options, registries }));
}
