import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import * as eks from "@pulumi/aws/eks/index.js";
import * as vpc from "@pulumi/aws/vpc/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { Access } from "../../contract.ts";
import type { AwsEncryption } from "../encryption/index.ts";
import { encryptionOfSecrets, managedPolicy, trustService } from "../identity/documents.ts";
import { AwsRole } from "../identity/role.ts";
import type { AwsNetwork } from "../network/index.ts";

export interface AwsControlPlaneArgs {
  readonly clusterName: string;
  /** Kubernetes minor. */
  readonly kubernetesVersion: string;
  readonly access: Access;
  /** Range of the VPC, from which the API server can always be reached. */
  readonly cidr: string;
  /** Range of Services. */
  readonly serviceCidr: string;
  readonly network: AwsNetwork;
  readonly keys: AwsEncryption;
  readonly retentionDays: number;
  /** Whether AWS, and Pulumi before it, refuse to delete the cluster. */
  readonly isProtected: boolean;
}

/** The API server of EKS: private, and public for the ranges that were named. */
export class AwsControlPlane extends pulumi.ComponentResource {
  readonly cluster: eks.Cluster;
  /** The group that EKS puts the control plane's interfaces into. */
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: AwsControlPlaneArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:AwsControlPlane", name, {}, opts);
    const role = new AwsRole(
      name,
      {
        trust: trustService("eks.amazonaws.com"),
        managed: [managedPolicy("AmazonEKSClusterPolicy")],
        inline: { secrets: args.keys.secretsKeyArn.apply(encryptionOfSecrets) },
      },
      { parent: this },
    );
    // EKS would make the group itself, without an end and without a key.
    const logs = new cloudwatch.LogGroup(
      name,
      {
        name: `/aws/eks/${args.clusterName}/cluster`,
        retentionInDays: args.retentionDays,
        kmsKeyId: args.keys.dataKeyArn,
      },
      { parent: this },
    );
    this.cluster = new eks.Cluster(name, clusterArgs(args, role.arn), {
      parent: this,
      dependsOn: [role, logs],
      protect: args.isProtected,
    });
    this.securityGroupId = this.cluster.vpcConfig.apply(({ clusterSecurityGroupId }) => clusterSecurityGroupId);
    this.#admitNetwork(name, args);
    this.registerOutputs({ clusterName: this.cluster.name });
  }

  /** Nodes, pods and whoever installs from inside of the network reach the API server's private endpoint. */
  #admitNetwork(name: string, { cidr }: AwsControlPlaneArgs) {
    new vpc.SecurityGroupIngressRule(
      `${name}-network`,
      {
        securityGroupId: this.securityGroupId,
        description: "Kubernetes API from inside the network",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        cidrIpv4: cidr,
      },
      { parent: this, deletedWith: this.cluster },
    );
  }
}

function clusterArgs(args: AwsControlPlaneArgs, roleArn: pulumi.Input<string>): eks.ClusterArgs {
  const { access } = args;
  return {
    name: args.clusterName,
    version: args.kubernetesVersion,
    roleArn,
    // Who may do what is said by access entries alone, the first of them for whoever makes the cluster.
    accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
    bootstrapSelfManagedAddons: false,
    deletionProtection: args.isProtected,
    enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
    encryptionConfig: { provider: { keyArn: args.keys.secretsKeyArn }, resources: ["secrets"] },
    kubernetesNetworkConfig: { ipFamily: "ipv4", serviceIpv4Cidr: args.serviceCidr },
    // At the end of its standard support a version is paid for, not replaced overnight.
    upgradePolicy: { supportType: "EXTENDED" },
    vpcConfig: {
      subnetIds: [...args.network.privateSubnetIds],
      endpointPrivateAccess: true,
      endpointPublicAccess: access.kind === "cidrs",
      ...(access.kind === "cidrs" ? { publicAccessCidrs: [...access.cidrs] } : {}),
    },
  };
}
