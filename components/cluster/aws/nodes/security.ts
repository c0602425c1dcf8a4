import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as vpc from "@pulumi/aws/vpc/index.js";
import * as pulumi from "@pulumi/pulumi";
import { WEBHOOK_PORTS } from "../../webhook-ports.ts";
import type { AwsControlPlane } from "../control-plane/index.ts";

export interface AwsNodeSecurityArgs {
  readonly clusterName: string;
  readonly vpcId: pulumi.Input<string>;
  readonly controlPlane: AwsControlPlane;
}

const KUBELET = 10250;

/** Where the metrics-server of EKS listens: https://docs.aws.amazon.com/eks/latest/userguide/metrics-server.html. */
const METRICS_SERVER = 10251;

/** What may reach nodes and pods: each other, and the control plane on the ports that it calls. */
export class AwsNodeSecurity extends pulumi.ComponentResource {
  readonly groupId: pulumi.Output<string>;

  constructor(name: string, args: AwsNodeSecurityArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:AwsNodeSecurity", name, {}, opts);
    const { clusterName, vpcId, controlPlane } = args;
    const group = new ec2.SecurityGroup(
      name,
      {
        vpcId,
        description: `Nodes and pods of ${clusterName}`,
        // The cloud controller adds the ports of load balancers to the one group that is owned.
        tags: { Name: `${clusterName}-nodes`, [`kubernetes.io/cluster/${clusterName}`]: "owned" },
      },
      { parent: this },
    );
    new vpc.SecurityGroupIngressRule(
      `${name}-each-other`,
      {
        securityGroupId: group.id,
        description: "Nodes and pods among themselves",
        ipProtocol: "-1",
        referencedSecurityGroupId: group.id,
      },
      { parent: this },
    );
    for (const port of new Set([KUBELET, METRICS_SERVER, ...WEBHOOK_PORTS])) {
      new vpc.SecurityGroupIngressRule(
        `${name}-control-plane-${port}`,
        {
          securityGroupId: group.id,
          description: `The control plane calls ${calledOn(port)}`,
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          referencedSecurityGroupId: controlPlane.securityGroupId,
        },
        { parent: this },
      );
    }
    new vpc.SecurityGroupEgressRule(
      name,
      { securityGroupId: group.id, description: "Anywhere", ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" },
      { parent: this },
    );
    this.groupId = group.id;
    this.registerOutputs({ groupId: this.groupId });
  }
}

function calledOn(port: number): string {
  if (port === KUBELET) return "kubelets and webhooks";
  return port === METRICS_SERVER ? "the metrics API" : "webhooks";
}
