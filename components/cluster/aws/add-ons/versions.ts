import type { KubernetesVersion } from "../../settings.ts";
import type { Known } from "../../sizing/catalogue.ts";

/** An EKS add-on over all Kubernetes minors. */
export interface AddOnVersions {
  /** Unknown: EKS installs the version that it marks as default, which the plan warns of. */
  readonly byMinor: Readonly<Record<KubernetesVersion, Known<string>>>;
  /** Where they are from, with what each holds for where there are several. */
  readonly sources: readonly string[];
  /** ISO date on which the sources were read. */
  readonly date: string;
}

const AWS = "https://docs.amazonaws.cn";
const BLUEPRINTS = "https://github.com/awslabs/cdk-eks-blueprints at 05d3dbd, of 2026-04-08";
const SEEN_ON_136 =
  "1.36: what EKS installed by default in us-west-2 on 2026-09-16, as the compatibility matrix of a public set of CloudFormation templates has it";
const GCO =
  "https://github.com/aws-solutions-library-samples/global-capacity-orchestrator-on-aws/blob/0e509ca633d4fcfb2ce2579699f56c8c9217be96/gco/stacks/constants.py, whose clusters are of 1.36";
const date = "2026-11-26";

/** One version on the minors from 1.31 to 1.35. */
function until135(version: string): Readonly<Record<Exclude<KubernetesVersion, "1.36">, string>> {
  return { "1.31": version, "1.32": version, "1.33": version, "1.34": version, "1.35": version };
}

/** Versions of the EKS add-ons of a cluster, by their names. */
export const ADD_ON_VERSIONS = {
  "vpc-cni": {
    byMinor: { ...until135("v1.21.1-eksbuild.7"), "1.36": "v1.22.4-eksbuild.3" },
    sources: [`${AWS}/eks/latest/userguide/managing-vpc-cni.md`, SEEN_ON_136],
    date,
  },
  "kube-proxy": {
    byMinor: {
      "1.31": "v1.31.14-eksbuild.9",
      "1.32": "v1.32.13-eksbuild.5",
      "1.33": "v1.33.10-eksbuild.2",
      "1.34": "v1.34.6-eksbuild.2",
      "1.35": "v1.35.3-eksbuild.2",
      "1.36": "v1.36.0-eksbuild.21",
    },
    sources: [`${AWS}/zh_cn/eks/latest/userguide/managing-kube-proxy.md`, SEEN_ON_136],
    date,
  },
  "eks-pod-identity-agent": {
    byMinor: { ...until135("v1.3.10-eksbuild.2"), "1.36": "v1.3.10-eksbuild.3" },
    sources: [BLUEPRINTS, SEEN_ON_136],
    date,
  },
  coredns: {
    byMinor: {
      "1.31": "v1.11.4-eksbuild.33",
      "1.32": "v1.11.4-eksbuild.33",
      "1.33": "v1.13.2-eksbuild.4",
      "1.34": "v1.13.2-eksbuild.4",
      "1.35": "v1.13.2-eksbuild.4",
      "1.36": "v1.14.3-eksbuild.16",
    },
    sources: [`${AWS}/zh_cn/eks/latest/userguide/managing-coredns.md`, SEEN_ON_136],
    date,
  },
  "aws-ebs-csi-driver": {
    byMinor: { ...until135("v1.56.0-eksbuild.1"), "1.35": "v1.57.1-eksbuild.1", "1.36": "v1.63.1-eksbuild.1" },
    sources: [BLUEPRINTS, "1.36: several public Terraform configurations of clusters of 1.36"],
    date,
  },
  "aws-efs-csi-driver": {
    byMinor: { ...until135("v2.3.1-eksbuild.1"), "1.35": "v2.3.0-eksbuild.2", "1.36": "v3.4.2-eksbuild.1" },
    sources: [
      "to 1.34: https://github.com/Qovery/engine, which writes down what EKS marks as default",
      "1.35: public Terraform configurations of clusters of 1.35",
      `1.36: ${GCO}`,
    ],
    date,
  },
  "metrics-server": {
    byMinor: { ...until135("v0.8.1-eksbuild.5"), "1.36": "v0.9.0-eksbuild.7" },
    sources: [
      "to 1.35: a public table of the AWS CDK whose rows of VPC CNI, kube-proxy and CoreDNS are those of AWS's own tables",
      `1.36: ${GCO}`,
    ],
    date,
  },
} satisfies Readonly<Record<string, AddOnVersions>>;

export type AddOnName = keyof typeof ADD_ON_VERSIONS;

/** Names of the EKS add-ons, those first without which a node does not become ready. */
export const ADD_ONS = Object.keys(ADD_ON_VERSIONS) as readonly AddOnName[];

/** The version of each add-on on one minor. */
export function addOnsOf(minor: KubernetesVersion): Readonly<Record<AddOnName, Known<string>>> {
  return Object.fromEntries(ADD_ONS.map((name) => [name, ADD_ON_VERSIONS[name].byMinor[minor]])) as Record<
    AddOnName,
    Known<string>
  >;
}

/** What to say where EKS chooses versions, because none is known here. Pure. */
export function addOnWarnings(
  minor: KubernetesVersion,
  addOns: Readonly<Partial<Record<AddOnName, Known<string>>>>,
): string[] {
  const unknown = Object.entries(addOns).flatMap(([name, version]) => (version === "unknown" ? [name] : []));
  if (unknown.length === 0) return [];
  return [
    `cluster.version: no version of ${unknown.join(", ")} is known here for Kubernetes ${minor}: EKS takes its default, ` +
      "which may differ from one run to the next",
  ];
}
