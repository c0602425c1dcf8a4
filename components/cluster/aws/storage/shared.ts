import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as efs from "@pulumi/aws/efs/index.js";
import * as vpc from "@pulumi/aws/vpc/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { AwsNetwork } from "../network/index.ts";
import type { AwsNodeSecurity } from "../nodes/security.ts";

export interface AwsSharedStorageArgs {
  readonly clusterName: string;
  readonly zones: readonly string[];
  readonly network: AwsNetwork;
  /** Of the nodes, which mount it. */
  readonly security: AwsNodeSecurity;
  readonly keyArn: pulumi.Input<string>;
  readonly isProtected: boolean;
}

const NFS = 2049;

/** An EFS file system that every node can mount. It outlives the cluster. */
export class AwsSharedStorage extends pulumi.ComponentResource {
  readonly fileSystemId: pulumi.Output<string>;

  constructor(name: string, args: AwsSharedStorageArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:AwsSharedStorage", name, {}, opts);
    const tags = { Name: `${args.clusterName}-shared` };
    const fileSystem = new efs.FileSystem(
      name,
      { encrypted: true, kmsKeyId: args.keyArn, throughputMode: "elastic", tags },
      { parent: this, protect: args.isProtected, retainOnDelete: true },
    );
    const group = new ec2.SecurityGroup(
      name,
      { vpcId: args.network.vpcId, description: `Shared volumes of ${args.clusterName}`, tags },
      { parent: this },
    );
    new vpc.SecurityGroupIngressRule(
      name,
      {
        securityGroupId: group.id,
        description: "NFS from nodes",
        ipProtocol: "tcp",
        fromPort: NFS,
        toPort: NFS,
        referencedSecurityGroupId: args.security.groupId,
      },
      { parent: this },
    );
    for (const zone of args.zones) {
      new efs.MountTarget(
        `${name}-${zone}`,
        { fileSystemId: fileSystem.id, subnetId: args.network.subnetIn(zone), securityGroups: [group.id] },
        { parent: this },
      );
    }
    this.fileSystemId = fileSystem.id;
    this.registerOutputs({ fileSystemId: this.fileSystemId });
  }
}
