import type { ClusterRequest } from "../cluster/contract.ts";
import type { Environment } from "../settings/environments.ts";
import { guardsAdjustment } from "../tenancy/guards/index.ts";
import type { TenancySettings } from "../tenancy/settings.ts";
import type { Tenant } from "../tenancy/tenants.ts";
import { accessAdjustment } from "./access/index.ts";
import { accountsWith, airGapAdjustments, rewriteFor } from "./air-gap/index.ts";
import type { AirGapSettings } from "./air-gap/settings.ts";
import { authAdjustment } from "./auth/index.ts";
import type { AuthSettings } from "./auth/settings.ts";
import { withCredentials } from "./credentials/apply.ts";
import type { Credentials } from "./credentials/derive.ts";
import { restartedOnRotation } from "./credentials/restart.ts";
import { imagesAdjustment } from "./images/index.ts";
import type { RegistryAccount } from "./images/settings.ts";
import { ingressAdjustment } from "./ingress/index.ts";
import type { IngressSettings } from "./ingress/settings.ts";
import { meshAdjustments } from "./network/index.ts";
import type { MeshSettings } from "./network/settings.ts";
import { type Adjustment, each } from "./plan.ts";
import { resourcesAdjustment } from "./resources/index.ts";
import type { ReleaseDefinition } from "./releases/index.ts";
import { repaired } from "./repairs/index.ts";
import type { Selection } from "./selection/components.ts";
import { selectionAdjustment } from "./selection/index.ts";
import { servicesAdjustment } from "./services/index.ts";
import { ownStoresAdjustment } from "./services/own-stores.ts";
import type { ServicesSettings } from "./services/settings.ts";
import { storageAdjustment } from "./storage.ts";

/** What the settings ask of a release. */
export interface AdjustmentOptions {
  readonly environment: Environment;
  /** Which optional components are installed. */
  readonly components: Selection;
  readonly credentials: Credentials;
  readonly ingress: IngressSettings;
  readonly auth: AuthSettings;
  readonly registries: readonly RegistryAccount[];
  readonly airGap?: AirGapSettings | undefined;
  readonly mesh: MeshSettings;
  readonly services: ServicesSettings;
  readonly tenancy: TenancySettings;
  readonly tenants: readonly Pick<Tenant, "objectStore">[];
  readonly cluster: Pick<ClusterRequest, "gpuPools">;
  /** For what the platform stores; undefined: the cluster's default. */
  readonly storageClass?: string | undefined;
}

/** The steps from a release as it is shipped to the platform as it is applied, in their order. */
export function adjustmentsFor(release: ReleaseDefinition, options: AdjustmentOptions): Adjustment[] {
  const { environment, components, credentials, ingress, auth, registries, airGap, mesh, services, storageClass } =
    options;
  const { tenancy, tenants, cluster } = options;
  const rewrite = rewriteFor(airGap);
  const { credentials: places } = release;
  return [
    selectionAdjustment({ table: release.components, selection: components, dashboard: release.dashboardLinks }),
    each(repaired),
    each((object) => restartedOnRotation(withCredentials(object, credentials, places), credentials, places)),
    servicesAdjustment(services, credentials, release.services),
    ownStoresAdjustment(
      tenants.some(({ objectStore }) => objectStore !== undefined),
      release.services,
    ),
    ingressAdjustment(ingress, release.entrance),
    authAdjustment({ auth, ingress, credentials, release }),
    imagesAdjustment({
      images: release.images,
      registries: accountsWith(airGap, registries),
      ...(rewrite === undefined ? {} : { rewrite }),
    }),
    ...airGapAdjustments(airGap, release.outside),
    resourcesAdjustment({ environment, sizing: release.sizing }),
    storageAdjustment(storageClass),
    accessAdjustment(release.access),
    // Flows are derived from what everything before it leaves.
    ...meshAdjustments(mesh, release.traffic),
    guardsAdjustment({ tenancy, gpuPools: cluster.gpuPools.map(({ name }) => name), places: release.images.places }),
  ];
}
