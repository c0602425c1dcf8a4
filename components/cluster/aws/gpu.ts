import type { GpuStack } from "../contract.ts";

/** The driver is in the images of GPU nodes, release 20260714 of every Kubernetes minor; see versions.ts. */
export const gpu: GpuStack = {
  driver: "580.159.03",
  cuda: "13.0",
  driverBy: "the EKS optimised AL2023 image with NVIDIA's driver, pinned by its release",
  devicePlugin: "program",
  source:
    "https://github.com/awslabs/amazon-eks-ami/blob/81fec2e895854f599974fe4d3d72f61c0a9aaffa/CHANGELOG.md, and https://docs.nvidia.com/cuda/archive/13.0.0/cuda-toolkit-release-notes/ for CUDA (driver 580.65.06 or newer)",
  date: "2026-11-26",
};
