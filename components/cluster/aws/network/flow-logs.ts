import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as pulumi from "@pulumi/pulumi";
import { trustService, writingLogs } from "../identity/documents.ts";
import { AwsRole } from "../identity/role.ts";

export interface AwsFlowLogsArgs {
  readonly clusterName: string;
  readonly vpcId: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  readonly retentionDays: number;
}

/** Who spoke to whom in the VPC, and what was refused, in CloudWatch. */
export class AwsFlowLogs extends pulumi.ComponentResource {
  constructor(name: string, args: AwsFlowLogsArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:AwsFlowLogs", name, {}, opts);
    const group = new cloudwatch.LogGroup(
      name,
      { name: `/aws/vpc/${args.clusterName}/flow`, retentionInDays: args.retentionDays, kmsKeyId: args.keyArn },
      { parent: this },
    );
    const role = new AwsRole(
      name,
      { trust: trustService("vpc-flow-logs.amazonaws.com"), inline: { write: group.arn.apply(writingLogs) } },
      { parent: this },
    );
    new ec2.FlowLog(
      name,
      {
        vpcId: args.vpcId,
        trafficType: "ALL",
        logDestinationType: "cloud-watch-logs",
        logDestination: group.arn,
        iamRoleArn: role.arn,
        maxAggregationInterval: 60,
      },
      { parent: this, dependsOn: [role] },
    );
    this.registerOutputs({});
  }
}
