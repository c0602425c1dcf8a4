import { catalogue } from "../../../components/cluster/aws/catalogue.ts";
import { cidrOf, contains, parseCidr } from "../../../components/cluster/network/cidr.ts";
import { at, labelsAt, listAt, textAt } from "../../../components/kit/objects.ts";
import type { SimulatedNode } from "../../control-plane/index.ts";
import type { JsonObject } from "../../host/values.ts";
import type { Made, Request, SimulatedCloud, SimulatedResource, Simulation } from "./cloud.ts";
import { nodeOf, taintOf, uuidOf } from "./machines.ts";

/** The account that everything is in; AWS gives nobody this number. */
const ACCOUNT = "123456789012";

/** As far as the program looks at what AWS answers. */
export const aws: SimulatedCloud = {
  package: "aws",
  resources: {
    "aws:ec2/vpc:Vpc": { ...numbered("vpc"), outputs: () => ({ ownerId: ACCOUNT }) },
    "aws:ec2/subnet:Subnet": { ...numbered("subnet"), refuses: subnetProblems },
    "aws:ec2/securityGroup:SecurityGroup": numbered("sg"),
    "aws:ec2/internetGateway:InternetGateway": numbered("igw"),
    "aws:ec2/natGateway:NatGateway": numbered("nat"),
    "aws:ec2/routeTable:RouteTable": numbered("rtb"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": numbered("rtbassoc"),
    "aws:ec2/eip:Eip": { ...numbered("eipalloc"), outputs: ({ id }) => ({ allocationId: id }) },
    "aws:ec2/launchTemplate:LaunchTemplate": { ...numbered("lt"), outputs: () => ({ latestVersion: 1 }) },
    "aws:ec2/vpcEndpoint:VpcEndpoint": numbered("vpce"),
    "aws:ec2/flowLog:FlowLog": numbered("fl"),
    "aws:ecr/repository:Repository": {
      ...named(),
      forms: {
        name: {
          pattern: /^(?=.{2,256}$)[a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/,
          says: "a repository has lower-case letters and digits, with single . _ - and / between them",
        },
      },
    },
    "aws:efs/fileSystem:FileSystem": numbered("fs"),
    "aws:efs/mountTarget:MountTarget": numbered("fsmt"),
    "aws:kms/key:Key": { id: uuidOf, outputs: ({ id }) => ({ keyId: id }) },
    "aws:kms/alias:Alias": {
      ...named(),
      forms: { name: { pattern: /^alias\/(?!aws\/)[\w/-]{1,250}$/, says: "an alias is alias/ and a name" } },
    },
    "aws:iam/role:Role": named(64),
    "aws:cloudwatch/logGroup:LogGroup": {
      ...named(),
      forms: {
        name: { pattern: /^[\w./#-]{1,512}$/, says: "a log group has letters, digits and _ - / . # in its name" },
      },
    },
    "aws:eks/cluster:Cluster": {
      ...named(),
      forms: {
        name: { pattern: /^[0-9A-Za-z][\w-]{0,99}$/, says: "a cluster has letters, digits, _ and - in its name" },
        version: { pattern: /^1\.\d\d$/, says: "EKS takes a Kubernetes minor" },
      },
      outputs: (made, { apiServer }) => ({
        endpoint: `https://${apiServer.host}`,
        certificateAuthority: { data: apiServer.certificateAuthority },
        status: "ACTIVE",
        vpcConfig: { clusterSecurityGroupId: numbered("sg").id(made) },
      }),
    },
    "aws:eks/nodeGroup:NodeGroup": {
      id: ({ inputs, name, hash }) => `${textAt(inputs, "clusterName")}:${name}-${hash.slice(0, 7)}`,
      refuses: nodeGroupProblems,
      nodes: nodesOf,
    },
    "aws:eks/addon:Addon": { id: ({ inputs }) => `${textAt(inputs, "clusterName")}:${textAt(inputs, "addonName")}` },
    "aws:eks/accessEntry:AccessEntry": {
      id: ({ inputs }) => `${textAt(inputs, "clusterName")}:${textAt(inputs, "principalArn")}`,
      forms: {
        principalArn: { pattern: /^arn:aws:iam::\d{12}:(role|user)\/.+$/, says: "a principal is an IAM role or user" },
      },
    },
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": numbered("a"),
    "aws:route53/record:Record": { id: ({ inputs }) => `${textAt(inputs, "zoneId")}_${textAt(inputs, "name")}` },
  },
  outputs: (made, names) => (names.includes("arn") ? { arn: arnOf(made) } : {}),
  references: {
    properties: [
      "allocationId",
      "clusterName",
      "fileSystemId",
      "gatewayId",
      "iamRoleArn",
      "keyArn",
      "kmsKeyId",
      "logDestination",
      "natGatewayId",
      "nodeRoleArn",
      "policyArn",
      "referencedSecurityGroupId",
      "role",
      "roleArn",
      "routeTableId",
      "routeTableIds",
      "securityGroupId",
      "securityGroupIds",
      "securityGroups",
      "subnetId",
      "subnetIds",
      "targetKeyId",
      "vpcId",
      "vpcSecurityGroupIds",
    ],
    allowed: ["arn:aws:iam::aws:policy/", "arn:aws:eks::aws:cluster-access-policy/"],
    // Whoever names a role of their own account has it.
    isElsewhere: (value) => {
      const [, account = ACCOUNT] = /^arn:aws:iam::(\d{12}):/.exec(value) ?? [];
      return account !== ACCOUNT;
    },
  },
};

/** Resources that AWS numbers: `vpc-0a1b...`. */
function numbered(prefix: string) {
  return { id: ({ hash }: Request) => `${prefix}-0${hash.slice(0, 16)}` } satisfies SimulatedResource;
}

/** Resources that are known by a name, which the provider makes up where it is left out. */
function named(longest = 255) {
  return {
    id: ({ inputs, name, hash }: Request) =>
      textAt(inputs, "name") ?? `${name.slice(0, longest - 8)}-${hash.slice(0, 7)}`,
    outputs: ({ id }: Made) => ({ name: id }),
  } satisfies SimulatedResource;
}

/** Global services have no region in their ARNs. */
function arnOf({ type, id, provider }: Made): string {
  const [, module = "", kind = ""] = type.split(":");
  const service = module.split("/")[0] ?? "";
  const region = service === "iam" ? "" : (textAt(provider, "region") ?? "");
  const separator = service === "cloudwatch" ? ":" : "/";
  const [owner, noun] = service === "cloudwatch" ? ["logs", "log-group"] : [service, kind.toLowerCase()];
  return `arn:aws:${owner}:${region}:${ACCOUNT}:${noun}${separator}${id}`;
}

function subnetProblems(inputs: JsonObject, simulation: Simulation): string[] {
  const network = parseCidr(textAt(simulation.find(inputs["vpcId"])?.inputs, "cidrBlock") ?? "");
  const cidr = textAt(inputs, "cidrBlock") ?? "";
  if (network === undefined || contains(network, cidrOf(cidr))) return [];
  return [`cidrBlock ${cidr} is not within the range of its VPC`];
}

function nodeGroupProblems(inputs: JsonObject): string[] {
  const [min, desired, max] = ["minSize", "desiredSize", "maxSize"].map((size) => at(inputs, "scalingConfig", size));
  const [name] = listAt(inputs, "instanceTypes");
  const type = catalogue.types.find((candidate) => candidate.name === name);
  const hasDriver = textAt(inputs, "amiType")?.endsWith("_NVIDIA") ?? false;
  return [
    ...(Number(min) <= Number(desired) && Number(desired) <= Number(max)
      ? []
      : [`scalingConfig: ${String(desired)} nodes are not between ${String(min)} and ${String(max)}`]),
    ...(type === undefined ? [`instanceTypes: there is no ${String(name)}`] : []),
    ...(type !== undefined && (type.gpu !== undefined) !== hasDriver
      ? [`amiType: ${textAt(inputs, "amiType")} does not go with ${type.name}`]
      : []),
  ];
}

function nodesOf({ name, inputs }: Made, simulation: Simulation): SimulatedNode[] {
  const type = catalogue.types.find((candidate) => candidate.name === listAt(inputs, "instanceTypes")[0]);
  const zone = textAt(simulation.find(listAt(inputs, "subnetIds")[0])?.inputs, "availabilityZoneId");
  if (type === undefined) return [];
  return Array.from({ length: Number(at(inputs, "scalingConfig", "desiredSize")) }, (_, index) =>
    nodeOf(type, {
      name: `${name}-${index + 1}`,
      zone,
      labels: labelsAt(inputs, "labels"),
      taints: listAt(inputs, "taints").map(taintOf),
    }),
  );
}
