import * as eks from "@pulumi/aws/eks/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterRequest } from "../../contract.ts";
import { PRINCIPAL_LISTS } from "../../principals.ts";

export interface AwsAccessArgs extends Pick<ClusterRequest, "admins" | "viewers"> {
  readonly cluster: eks.Cluster;
}

/** Policies of EKS: everything in the cluster, and everything but Secrets to look at. */
const POLICIES = { admins: "AmazonEKSClusterAdminPolicy", viewers: "AmazonEKSViewPolicy" } as const;

/** Access entries of those whom the settings name, for the whole cluster. Whoever makes it has one already. */
export class AwsAccess extends pulumi.ComponentResource {
  constructor(name: string, { cluster, ...lists }: AwsAccessArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:AwsAccess", name, {}, opts);
    const of = { parent: this, deletedWith: cluster };
    for (const list of PRINCIPAL_LISTS) {
      for (const arn of lists[list]) {
        const own = `${name}-${shortOf(arn)}`;
        const entry = new eks.AccessEntry(own, { clusterName: cluster.name, principalArn: arn, type: "STANDARD" }, of);
        new eks.AccessPolicyAssociation(
          own,
          {
            clusterName: cluster.name,
            principalArn: entry.principalArn,
            policyArn: `arn:aws:eks::aws:cluster-access-policy/${POLICIES[list]}`,
            accessScope: { type: "cluster" },
          },
          of,
        );
      }
    }
    this.registerOutputs({});
  }
}

/** Account, kind and name: `123456789012-role/NAME`. */
function shortOf(arn: string): string {
  return arn.split(":").slice(4).join("-");
}
