import type { GpuStack, NodePool } from "./contract.ts";
import { FURNISHING_IMAGES } from "./furnishing/images.ts";

/** Driver, CUDA and device plugin of a cloud's GPU nodes, for people. */
export function gpuStackText({ driver, cuda, driverBy, devicePlugin }: GpuStack): string {
  const plugin = devicePlugin === "cloud" ? "the cloud's device plugin" : FURNISHING_IMAGES.devicePlugin;
  return `NVIDIA driver ${driver}, CUDA ${cuda} at most, by ${driverBy}; ${plugin}`;
}

/** What cannot be said of a cloud's GPU nodes before they are there. Pure. */
export function gpuStackWarnings({ driver, driverBy }: GpuStack, pools: readonly NodePool[]): string[] {
  if (driver !== "unknown" || pools.every(({ purpose }) => purpose !== "gpu")) return [];
  return [
    `cluster.gpuPools: which NVIDIA driver and CUDA the nodes get cannot be chosen here and is not known before, by ${driverBy}`,
  ];
}
