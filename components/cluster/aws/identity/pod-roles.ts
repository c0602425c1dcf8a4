import * as eks from "@pulumi/aws/eks/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PodRole } from "../../contract.ts";

export interface AwsPodRolesArgs {
  readonly cluster: eks.Cluster;
  readonly roles: readonly PodRole[];
}

/** Roles that pods have by EKS Pod Identity: the agent on their node hands them credentials. */
export class AwsPodRoles extends pulumi.ComponentResource {
  constructor(name: string, { cluster, roles }: AwsPodRolesArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:AwsPodRoles", name, {}, opts);
    for (const { namespace, serviceAccount, role } of roles) {
      new eks.PodIdentityAssociation(
        `${name}-${namespace}`,
        { clusterName: cluster.name, namespace, serviceAccount, roleArn: role },
        { parent: this, deletedWith: cluster },
      );
    }
    this.registerOutputs({});
  }
}
