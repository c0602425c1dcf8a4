import { beforeAll, describe, expect, it } from "vitest";
import { WEBHOOK_PORTS } from "../../../../components/cluster/webhook-ports.ts";
import { listAt, textAt } from "../../../../components/kit/objects.ts";
import { awsRegistrationsOf, DEV, PROD } from "../../../kit/aws-cluster.ts";
import { named, of, type Registration } from "../../../kit/registrations.ts";

let prod: Registration[];
let dev: Registration[];
let isolated: Registration[];
beforeAll(async () => {
  prod = await awsRegistrationsOf(PROD);
  dev = await awsRegistrationsOf(DEV);
  isolated = await awsRegistrationsOf({
    environment: "dev",
    airGap: { registry: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/kubeflow" },
    cluster: { nat: false },
    storage: { shared: true },
  });
});

describe("the network", () => {
  it("has nodes in private subnets of three zones, each with a way out of its own", () => {
    expect(of(prod, "aws:ec2/natGateway:NatGateway")).toHaveLength(3);
    expect(of(dev, "aws:ec2/natGateway:NatGateway")).toHaveLength(1);
    const subnets = of(prod, "aws:ec2/subnet:Subnet");
    expect(subnets.map(({ inputs }) => inputs["mapPublicIpOnLaunch"])).toEqual(Array.from({ length: 6 }, () => false));
    expect(subnets.map(({ inputs }) => inputs["availabilityZoneId"])).toEqual([
      ...["euw1-az1", "euw1-az2", "euw1-az3"],
      ...["euw1-az1", "euw1-az2", "euw1-az3"],
    ]);
    const tags = (role: string) =>
      subnets
        .filter(({ inputs }) => textAt(inputs, "tags", `kubernetes.io/role/${role}`) === "1")
        .map(({ name }) => name);
    expect(tags("elb").every((name) => name.includes("public"))).toBe(true);
    expect(tags("internal-elb").every((name) => name.includes("private"))).toBe(true);
    expect([tags("elb").length, tags("internal-elb").length]).toEqual([3, 3]);
  });

  it("lets nobody in from outside but on the ports of load balancers, and the control plane on what it calls", () => {
    const rules = of(prod, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(({ inputs }) => inputs);
    expect(rules.filter(({ cidrIpv4 }) => cidrIpv4 !== undefined && cidrIpv4 !== "10.0.0.0/16")).toEqual([]);
    const fromControlPlane = rules.filter(({ referencedSecurityGroupId: from }) => from === "sg-cluster");
    expect(fromControlPlane.map(({ fromPort }) => fromPort).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      [...WEBHOOK_PORTS, 10251].toSorted((a, b) => a - b),
    );
    expect(of(prod, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")[0]?.inputs).toMatchObject({
      ingress: [],
      egress: [],
    });
  });

  it("has no way out and none in where the settings say so, and a way to each service that is called", () => {
    for (const type of ["internetGateway:InternetGateway", "natGateway:NatGateway", "eip:Eip", "route:Route"]) {
      expect(of(isolated, `aws:ec2/${type}`), type).toEqual([]);
    }
    expect(of(isolated, "aws:ec2/subnet:Subnet").every(({ name }) => name.includes("private"))).toBe(true);
    const services = of(isolated, "aws:ec2/vpcEndpoint:VpcEndpoint").map(({ inputs }) =>
      textAt(inputs, "serviceName")?.replace("com.amazonaws.eu-west-1.", ""),
    );
    expect(services.toSorted()).toEqual([
      ...["autoscaling", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticfilesystem"],
      ...["elasticloadbalancing", "logs", "s3", "ssm", "ssmmessages", "sts"],
    ]);
  });

  it("has its own images from the mirror as well, where there is one", () => {
    const [deployment] = of(isolated, "kubernetes:apps/v1:Deployment").map(({ inputs }) => inputs);
    const [container] = listAt(deployment, "spec", "template", "spec", "containers");
    expect(textAt(container, "image")).toMatch(
      /^123456789012\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/kubeflow\/registry\.k8s\.io\/autoscaling\/cluster-autoscaler:/,
    );
  });

  it("logs its flows for a year, with a key", () => {
    expect(named(prod, "aws:cloudwatch/logGroup:LogGroup", "cluster-flow-logs")).toMatchObject({
      retentionInDays: 365,
      kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/k",
    });
    expect(of(prod, "aws:ec2/flowLog:FlowLog")[0]?.inputs).toMatchObject({ trafficType: "ALL" });
  });
});
