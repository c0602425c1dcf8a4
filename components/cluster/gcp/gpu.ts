import type { GpuStack } from "../contract.ts";

/**
 * With `DEFAULT` GKE installs the driver that it has tested with the node's version, and moves it on with that. The API names
 * no version: its `GPUDriverVersion` is "Default" or "Latest" of the node's system (Google.Cloud.Container.V1).
 */
export const gpu: GpuStack = {
  driver: "unknown",
  cuda: "unknown",
  driverBy: "GKE, the default driver of the node's version: kubectl describe node shows it",
  devicePlugin: "cloud",
  source: "https://cloud.google.com/kubernetes-engine/docs/how-to/gpus: gpu-driver-version",
  date: "2026-11-26",
};
