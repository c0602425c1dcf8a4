import type { KubernetesObject } from "../../kit/objects.ts";
import type { Cloud, Cluster, ClusterPlan, ClusterRequest } from "../contract.ts";
import { registryAuthorityOf } from "../registry-authority.ts";
import { devicePlugin } from "./device-plugin.ts";
import { kernelModules } from "./kernel-modules.ts";
import { metricsServer } from "./metrics-server.ts";
import { nodePullSecrets, pulledAs } from "./pulling.ts";
import { registryAuthority } from "./registry-authority.ts";
import { storageClassObjects } from "./storage-classes.ts";

type FurnishedCloud = Pick<Cloud, "capabilities" | "gpu" | "metricsServer">;
type FurnishingRequest = Pick<ClusterRequest, "airGap" | "registries">;

/** What a cluster needs before the platform comes, and its cloud does not bring. */
export function furnishingObjects(
  cloud: FurnishedCloud,
  cluster: Pick<Cluster, "pools" | "storageClasses" | "formerDefaults">,
  request: FurnishingRequest,
): KubernetesObject[] {
  return [
    ...storageClassObjects(cluster),
    ...nodePullSecrets(request),
    // Before everything that is pulled from the registry; it says itself where its own image comes from.
    ...trustOf(cloud, request),
    ...programsOf(cloud, cluster).map((object) => pulledAs(object, request)),
  ];
}

function trustOf({ capabilities }: FurnishedCloud, request: FurnishingRequest): KubernetesObject[] {
  const authority = registryAuthorityOf(request);
  if (authority === undefined || capabilities.registryAuthority.supported) return [];
  const { image, directory } = request.airGap?.nodes ?? {};
  const objects = registryAuthority({ ...authority, image, directory });
  return image === undefined ? objects.map((object) => pulledAs(object, request)) : objects;
}

/** What runs on nodes of a cluster, with images as they are published. */
function programsOf(cloud: FurnishedCloud, { pools }: Pick<Cluster, "pools">): KubernetesObject[] {
  const hasGpus = pools.some(({ purpose }) => purpose === "gpu");
  return [
    ...(cloud.capabilities.nodeUserData.supported ? [] : [kernelModules()]),
    ...(hasGpus && cloud.gpu.devicePlugin === "program" ? [devicePlugin()] : []),
    ...(cloud.metricsServer === "program" ? metricsServer() : []),
  ];
}

/** Whose certificate it is makes no difference to the image that installs it. */
const ANY_AUTHORITY = { host: "registry", ca: "" };

/**
 * Everything that runs in a cluster for its own sake, with images as they are published; what makes nodes trust a
 * registry among it, whether it is needed or not.
 */
export function programsWithTrust<Plan extends ClusterPlan>(
  cloud: FurnishedCloud & Pick<Cloud<Plan>, "objects">,
  request: ClusterRequest,
  plan: Plan,
): KubernetesObject[] {
  return [
    ...(cloud.capabilities.registryAuthority.supported ? [] : registryAuthority(ANY_AUTHORITY)),
    ...programsOf(cloud, plan),
    ...(cloud.objects?.(request, plan) ?? []),
  ];
}
