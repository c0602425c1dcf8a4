import type { KubernetesObject } from "../../kit/objects.ts";
import type { Cloud, Cluster } from "../contract.ts";
import { devicePlugin } from "./device-plugin.ts";
import { kernelModules } from "./kernel-modules.ts";
import { metricsServer } from "./metrics-server.ts";
import { storageClassObjects } from "./storage-classes.ts";

/** What a cluster needs before the platform comes, and its cloud does not bring. */
export function furnishingObjects(
  cloud: Pick<Cloud, "capabilities" | "gpu" | "metricsServer">,
  cluster: Pick<Cluster, "pools" | "storageClasses" | "formerDefaults">,
): KubernetesObject[] {
  const hasGpus = cluster.pools.some(({ purpose }) => purpose === "gpu");
  return [
    ...storageClassObjects(cluster),
    ...(cloud.capabilities.nodeUserData.supported ? [] : [kernelModules()]),
    ...(hasGpus && cloud.gpu.devicePlugin === "program" ? [devicePlugin()] : []),
    ...(cloud.metricsServer === "program" ? metricsServer() : []),
  ];
}
