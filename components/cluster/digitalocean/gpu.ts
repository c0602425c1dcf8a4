import type { GpuStack } from "../contract.ts";

/** DigitalOcean pins neither for its users: both come with the image of GPU nodes, and its documentation names no version. */
export const gpu: GpuStack = {
  driver: "unknown",
  cuda: "unknown",
  driverBy: "DigitalOcean, with the image of GPU nodes: kubectl describe node shows it",
  devicePlugin: "cloud",
  source: "https://docs.digitalocean.com/products/kubernetes/how-to/use-nvidia-gpu-worker-nodes/",
  date: "2026-11-26",
};
