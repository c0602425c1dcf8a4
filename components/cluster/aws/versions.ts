import type { KubernetesVersion } from "../settings.ts";
import type { Known } from "../sizing/catalogue.ts";

/** Names of the EKS add-ons of a cluster. */
export const ADD_ONS = [
  "vpc-cni",
  "kube-proxy",
  "eks-pod-identity-agent",
  "coredns",
  "aws-ebs-csi-driver",
  "aws-efs-csi-driver",
  "metrics-server",
] as const;
export type AddOnName = (typeof ADD_ONS)[number];

/** What goes together on one Kubernetes minor. */
export interface EksVersion {
  /** Release of the EKS optimised AL2023 images, of which there is one with NVIDIA's driver. */
  readonly image: string;
  /** Unknown: EKS installs the one that it marks as default for the cluster's version. */
  readonly addOns: Readonly<Record<AddOnName, Known<string>>>;
  /** Cluster Autoscaler of the same minor, as its releases ask for. */
  readonly autoscaler: string;
}

const AUTOSCALER = "registry.k8s.io/autoscaling/cluster-autoscaler";

const sinceKubernetes131 = {
  "vpc-cni": "v1.21.1-eksbuild.7",
  "eks-pod-identity-agent": "v1.3.10-eksbuild.2",
  "aws-efs-csi-driver": "unknown",
  "metrics-server": "unknown",
} as const;

const unknown = {
  "vpc-cni": "unknown",
  "kube-proxy": "unknown",
  "eks-pod-identity-agent": "unknown",
  coredns: "unknown",
  "aws-ebs-csi-driver": "unknown",
  "aws-efs-csi-driver": "unknown",
  "metrics-server": "unknown",
} as const;

/**
 * Sources, read on 2026-11-26:
 * - images: https://github.com/awslabs/amazon-eks-ami/blob/main/CHANGELOG.md, release 20260714;
 * - vpc-cni, kube-proxy, coredns: the tables of https://docs.amazonaws.cn/eks/latest/userguide/managing-vpc-cni.md,
 *   https://docs.amazonaws.cn/zh_cn/eks/latest/userguide/managing-kube-proxy.md and .../managing-coredns.md, which end
 *   at 1.35;
 * - EBS CSI and Pod Identity: https://github.com/awslabs/cdk-eks-blueprints at 05d3dbd, of 2026-04-08;
 * - autoscaler: https://github.com/kubernetes/k8s.io/pull/8815 for 1.32 to 1.34 with digests,
 *   https://github.com/kubernetes/kops/pull/17640 for 1.31; of 1.35 and 1.36 what public manifests run.
 */
export const VERSIONS: Readonly<Record<KubernetesVersion, EksVersion>> = {
  "1.31": {
    image: "1.31.14-20260714",
    addOns: {
      ...sinceKubernetes131,
      "kube-proxy": "v1.31.14-eksbuild.9",
      coredns: "v1.11.4-eksbuild.33",
      "aws-ebs-csi-driver": "v1.56.0-eksbuild.1",
    },
    autoscaler: `${AUTOSCALER}:v1.31.4`,
  },
  "1.32": {
    image: "1.32.13-20260714",
    addOns: {
      ...sinceKubernetes131,
      "kube-proxy": "v1.32.13-eksbuild.5",
      coredns: "v1.11.4-eksbuild.33",
      "aws-ebs-csi-driver": "v1.56.0-eksbuild.1",
    },
    autoscaler: `${AUTOSCALER}:v1.32.5@sha256:88a70723de230d2e151b1f1184c47cbbe62179a5abecd3a0da8ed882128d38c7`,
  },
  "1.33": {
    image: "1.33.13-20260714",
    addOns: {
      ...sinceKubernetes131,
      "kube-proxy": "v1.33.10-eksbuild.2",
      coredns: "v1.13.2-eksbuild.4",
      "aws-ebs-csi-driver": "v1.56.0-eksbuild.1",
    },
    autoscaler: `${AUTOSCALER}:v1.33.3@sha256:1e9d4f1ba064d7aba0a6a2e3ab72da4c0efaefdea5e6817665ef8a9c29f553d4`,
  },
  "1.34": {
    image: "1.34.9-20260714",
    addOns: {
      ...sinceKubernetes131,
      "kube-proxy": "v1.34.6-eksbuild.2",
      coredns: "v1.13.2-eksbuild.4",
      "aws-ebs-csi-driver": "v1.56.0-eksbuild.1",
    },
    autoscaler: `${AUTOSCALER}:v1.34.2@sha256:76a7eb96cd9d9570ce768184c43a98f71723a6f48cb27f10c293d2ed9b1743b6`,
  },
  "1.35": {
    image: "1.35.6-20260714",
    addOns: {
      ...sinceKubernetes131,
      "kube-proxy": "v1.35.3-eksbuild.2",
      coredns: "v1.13.2-eksbuild.4",
      "aws-ebs-csi-driver": "v1.57.1-eksbuild.1",
    },
    autoscaler: `${AUTOSCALER}:v1.35.0@sha256:2fc9433dd3b47baef0e68d6b1110b770a3c93db10c7bead4c5bc6cb21c72b875`,
  },
  "1.36": {
    image: "1.36.2-20260714",
    addOns: unknown,
    autoscaler: `${AUTOSCALER}:v1.36.1`,
  },
};
