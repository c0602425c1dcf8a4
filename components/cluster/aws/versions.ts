import type { KubernetesVersion } from "../settings.ts";

/** What goes together on one Kubernetes minor; versions of add-ons are in add-ons/versions.ts. */
export interface EksVersion {
  readonly minor: KubernetesVersion;
  /** Release of the EKS optimised AL2023 images, of which there is one with NVIDIA's driver. */
  readonly image: string;
  /** Cluster Autoscaler of the same minor, as its releases ask for. */
  readonly autoscaler: string;
}

const AUTOSCALER = "registry.k8s.io/autoscaling/cluster-autoscaler";

/**
 * Sources, read on 2026-11-26:
 * - images: https://github.com/awslabs/amazon-eks-ami/blob/main/CHANGELOG.md, release 20260714;
 * - autoscaler: https://github.com/kubernetes/k8s.io/pull/8815 for 1.32 to 1.34 with digests,
 *   https://github.com/kubernetes/kops/pull/17640 for 1.31; of 1.35 and 1.36 what public manifests run.
 */
export const VERSIONS: Readonly<Record<KubernetesVersion, EksVersion>> = {
  "1.31": {
    minor: "1.31",
    image: "1.31.14-20260714",
    autoscaler: `${AUTOSCALER}:v1.31.4`,
  },
  "1.32": {
    minor: "1.32",
    image: "1.32.13-20260714",
    autoscaler: `${AUTOSCALER}:v1.32.5@sha256:88a70723de230d2e151b1f1184c47cbbe62179a5abecd3a0da8ed882128d38c7`,
  },
  "1.33": {
    minor: "1.33",
    image: "1.33.13-20260714",
    autoscaler: `${AUTOSCALER}:v1.33.3@sha256:1e9d4f1ba064d7aba0a6a2e3ab72da4c0efaefdea5e6817665ef8a9c29f553d4`,
  },
  "1.34": {
    minor: "1.34",
    image: "1.34.9-20260714",
    autoscaler: `${AUTOSCALER}:v1.34.2@sha256:76a7eb96cd9d9570ce768184c43a98f71723a6f48cb27f10c293d2ed9b1743b6`,
  },
  "1.35": {
    minor: "1.35",
    image: "1.35.6-20260714",
    autoscaler: `${AUTOSCALER}:v1.35.0@sha256:2fc9433dd3b47baef0e68d6b1110b770a3c93db10c7bead4c5bc6cb21c72b875`,
  },
  "1.36": {
    minor: "1.36",
    image: "1.36.2-20260714",
    autoscaler: `${AUTOSCALER}:v1.36.1`,
  },
};
