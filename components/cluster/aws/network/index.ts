import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as pulumi from "@pulumi/pulumi";
import { isZoneId } from "../zones.ts";
import type { ZoneSubnets } from "./subnets.ts";

export interface AwsNetworkArgs {
  readonly clusterName: string;
  readonly cidr: string;
  readonly subnets: readonly ZoneSubnets[];
  /** A NAT gateway a zone, so that a zone's loss is its own; one for all; or no way out, and none in. */
  readonly nat: "per-zone" | "one" | "none";
}

/**
 * A VPC: private subnets for nodes and pods and, where there is a way out, small public ones for NAT and load balancers.
 * Nothing in it gets a public address by itself.
 */
export class AwsNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** Of the account that the VPC is made in. */
  readonly account: pulumi.Output<string>;
  readonly privateSubnetIds: readonly pulumi.Output<string>[];
  readonly routeTableIds: readonly pulumi.Output<string>[];
  readonly #subnetOfZone = new Map<string, pulumi.Output<string>>();

  constructor(name: string, args: AwsNetworkArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:AwsNetwork", name, {}, opts);
    const vpc = this.#vpc(name, args);
    const gateways = args.nat === "none" ? [] : this.#waysOut(name, vpc, args);
    const zones = args.subnets.map((subnet, index) => {
      const gateway = gateways[args.nat === "per-zone" ? index : 0];
      return this.#privateSubnet(name, vpc, subnet, gateway, args.clusterName);
    });
    this.vpcId = vpc.id;
    this.account = vpc.ownerId;
    this.privateSubnetIds = zones.map(({ subnet }) => subnet.id);
    this.routeTableIds = zones.map(({ table }) => table.id);
    this.registerOutputs({ vpcId: this.vpcId });
  }

  /** The private subnet of a zone. */
  subnetIn(zone: string): pulumi.Output<string> {
    const subnet = this.#subnetOfZone.get(zone);
    if (subnet === undefined) throw new RangeError(`the network has no subnet in ${zone}`);
    return subnet;
  }

  #vpc(name: string, { cidr, clusterName }: AwsNetworkArgs): ec2.Vpc {
    const vpc = new ec2.Vpc(
      name,
      { cidrBlock: cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: clusterName } },
      { parent: this },
    );
    // A VPC comes with a group that lets all of its members talk to each other; nothing here is in it.
    new ec2.DefaultSecurityGroup(`${name}-default`, { vpcId: vpc.id, ingress: [], egress: [] }, { parent: this });
    return vpc;
  }

  #waysOut(name: string, vpc: ec2.Vpc, args: AwsNetworkArgs): ec2.NatGateway[] {
    const internet = new ec2.InternetGateway(
      name,
      { vpcId: vpc.id, tags: { Name: args.clusterName } },
      { parent: this },
    );
    const publicSubnets = this.#publicSubnets(name, vpc, internet, args);
    return this.#natGateways(name, publicSubnets, internet, args);
  }

  #publicSubnets(name: string, vpc: ec2.Vpc, internet: ec2.InternetGateway, args: AwsNetworkArgs): ec2.Subnet[] {
    const { subnets, clusterName } = args;
    const table = new ec2.RouteTable(
      `${name}-public`,
      { vpcId: vpc.id, tags: { Name: `${clusterName}-public` } },
      { parent: this },
    );
    new ec2.Route(
      `${name}-public`,
      { routeTableId: table.id, destinationCidrBlock: EVERYWHERE, gatewayId: internet.id },
      { parent: this },
    );
    return subnets.map(({ zone, public: cidrBlock }) => {
      const zoneName = `${name}-public-${zone}`;
      const tags = { Name: `${clusterName}-public-${zone}`, "kubernetes.io/role/elb": "1", ...sharedWith(clusterName) };
      const subnet = new ec2.Subnet(
        zoneName,
        { vpcId: vpc.id, cidrBlock, ...placeOf(zone), mapPublicIpOnLaunch: false, tags },
        { parent: this },
      );
      new ec2.RouteTableAssociation(zoneName, { subnetId: subnet.id, routeTableId: table.id }, { parent: this });
      return subnet;
    });
  }

  #natGateways(
    name: string,
    publicSubnets: readonly ec2.Subnet[],
    internet: ec2.InternetGateway,
    args: AwsNetworkArgs,
  ): ec2.NatGateway[] {
    const { subnets, nat, clusterName } = args;
    return publicSubnets.slice(0, nat === "per-zone" ? undefined : 1).map((subnet, index) => {
      const zone = subnets[index]?.zone ?? "";
      const tags = { Name: `${clusterName}-${zone}` };
      const address = new ec2.Eip(`${name}-nat-${zone}`, { domain: "vpc", tags }, { parent: this });
      return new ec2.NatGateway(
        `${name}-${zone}`,
        { subnetId: subnet.id, allocationId: address.allocationId, tags },
        // AWS makes none in a network without a way to the internet, nor takes that way from under one.
        { parent: this, dependsOn: [internet] },
      );
    });
  }

  #privateSubnet(
    name: string,
    vpc: ec2.Vpc,
    { zone, private: cidrBlock }: ZoneSubnets,
    gateway: ec2.NatGateway | undefined,
    clusterName: string,
  ) {
    const zoneName = `${name}-private-${zone}`;
    const tagName = `${clusterName}-private-${zone}`;
    const subnet = new ec2.Subnet(
      zoneName,
      {
        vpcId: vpc.id,
        cidrBlock,
        ...placeOf(zone),
        mapPublicIpOnLaunch: false,
        tags: { Name: tagName, "kubernetes.io/role/internal-elb": "1", ...sharedWith(clusterName) },
      },
      { parent: this },
    );
    const table = new ec2.RouteTable(zoneName, { vpcId: vpc.id, tags: { Name: tagName } }, { parent: this });
    new ec2.RouteTableAssociation(zoneName, { subnetId: subnet.id, routeTableId: table.id }, { parent: this });
    if (gateway !== undefined) {
      new ec2.Route(
        zoneName,
        { routeTableId: table.id, destinationCidrBlock: EVERYWHERE, natGatewayId: gateway.id },
        { parent: this },
      );
    }
    this.#subnetOfZone.set(zone, subnet.id);
    return { subnet, table };
  }
}

const EVERYWHERE = "0.0.0.0/0";

function placeOf(zone: string): { availabilityZoneId: string } | { availabilityZone: string } {
  return isZoneId(zone) ? { availabilityZoneId: zone } : { availabilityZone: zone };
}

/** Tells the cloud controller, which places load balancers, that it may use a subnet. */
function sharedWith(clusterName: string): Readonly<Record<string, string>> {
  return { [`kubernetes.io/cluster/${clusterName}`]: "shared" };
}
