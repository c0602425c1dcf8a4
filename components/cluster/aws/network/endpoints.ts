import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as vpc from "@pulumi/aws/vpc/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { AwsNetwork } from "./index.ts";

export interface AwsEndpointsArgs {
  readonly clusterName: string;
  readonly region: string;
  readonly network: AwsNetwork;
  readonly cidr: string;
  /** Whether there are endpoints that are paid by the hour, beside that of S3, which is free. */
  readonly interfaceEndpoints: boolean;
}

/** What nodes and the pods of the add-ons call all the time. */
const SERVICES = [
  "autoscaling",
  "ec2",
  "ecr.api",
  "ecr.dkr",
  "eks-auth",
  "elasticloadbalancing",
  "logs",
  "sts",
] as const;

/** Ways to AWS's own services that do not lead through NAT and the internet. */
export class AwsEndpoints extends pulumi.ComponentResource {
  constructor(name: string, args: AwsEndpointsArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:AwsEndpoints", name, {}, opts);
    new ec2.VpcEndpoint(
      `${name}-s3`,
      {
        vpcId: args.network.vpcId,
        vpcEndpointType: "Gateway",
        serviceName: `com.amazonaws.${args.region}.s3`,
        routeTableIds: [...args.network.routeTableIds],
      },
      { parent: this },
    );
    if (args.interfaceEndpoints) this.#interfaces(name, args);
    this.registerOutputs({});
  }

  #interfaces(name: string, { clusterName, region, network, cidr }: AwsEndpointsArgs) {
    const { vpcId, privateSubnetIds } = network;
    const group = new ec2.SecurityGroup(
      name,
      {
        vpcId,
        description: `AWS services, from the network of ${clusterName}`,
        tags: { Name: `${clusterName}-endpoints` },
      },
      { parent: this },
    );
    new vpc.SecurityGroupIngressRule(
      name,
      {
        securityGroupId: group.id,
        description: "HTTPS from nodes and pods",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        cidrIpv4: cidr,
      },
      { parent: this },
    );
    for (const service of SERVICES) {
      new ec2.VpcEndpoint(
        `${name}-${service}`,
        {
          vpcId,
          vpcEndpointType: "Interface",
          serviceName: `com.amazonaws.${region}.${service}`,
          subnetIds: [...privateSubnetIds],
          securityGroupIds: [group.id],
          privateDnsEnabled: true,
        },
        { parent: this },
      );
    }
  }
}
