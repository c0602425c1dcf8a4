import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as vpc from "@pulumi/aws/vpc/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterRequest } from "../../contract.ts";
import type { AwsNetwork } from "./index.ts";

export interface AwsEndpointsArgs {
  readonly clusterName: string;
  readonly region: string;
  readonly network: AwsNetwork;
  readonly cidr: string;
  /** Services with an endpoint that is paid by the hour, beside that of S3, which is free. */
  readonly services: readonly string[];
}

/** What nodes and the pods of the add-ons call all the time. */
const BUSY = ["autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks-auth", "elasticloadbalancing", "logs", "sts"] as const;

/**
 * What else they call, which NAT leads to elsewhere: the autoscaler asks EKS about node groups that have no node yet, and
 * Session Manager is the only way onto a node. Endpoints of what runs, as
 * https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html lists them (read 2026-11-26), with that of the
 * autoscaler (https://github.com/aws-ia/terraform-aws-eks-blueprints, pattern fully-private-cluster) and of Session Manager
 * (https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html).
 */
const SELDOM = ["ec2messages", "eks", "ssm", "ssmmessages"] as const;

/** Which services need an endpoint: none in a small network with NAT, all that are called in one without. */
export function servicesBehindEndpoints({
  environment,
  nat,
  storage,
}: Pick<ClusterRequest, "environment" | "nat" | "storage">): readonly string[] {
  if (!nat) return [...BUSY, ...SELDOM, ...(storage.shared ? ["elasticfilesystem"] : [])].toSorted();
  return environment === "prod" ? BUSY : [];
}

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
    if (args.services.length > 0) this.#interfaces(name, args);
    this.registerOutputs({});
  }

  #interfaces(name: string, { clusterName, region, network, cidr, services }: AwsEndpointsArgs) {
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
    for (const service of services) {
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
