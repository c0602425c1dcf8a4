import { mutant } from "./cloud-mutant.ts";
import type { Mutant } from "./mutant.ts";
import { setting } from "./settings.ts";

const AWS = "components/cluster/aws";
const EKS = `${AWS}/control-plane/index.ts`;
const NODES = `${AWS}/nodes/index.ts`;
const SECURITY = `${AWS}/nodes/security.ts`;

/** The disk of nodes on AWS, as their launch template describes it. */
const ROOT_DISK = `    blockDeviceMappings: [
      {
        deviceName: "/dev/xvda",
        ebs: {
          volumeType: "gp3",
          volumeSize: Math.ceil(pool.disk / 2 ** 30),
          encrypted: "true",
          kmsKeyId: keyArn,
          deleteOnTermination: "true",
        },
      },
    ],
`;

const CLUSTER = /^aws:eks\/cluster:Cluster/;
const GROUP = /^aws:eks\/nodeGroup:NodeGroup/;
const TEMPLATE = /launchTemplate:LaunchTemplate/;

/** Changes of what AWS is asked for, each with the rule that must find it. */
export const awsMutants: readonly Mutant[] = [
  {
    name: "aws: the API server is open to a sixty-fourth of the internet",
    cloud: "aws",
    edits: [setting('kubeflow:cluster: { access: { cidrs: ["8.0.0.0/6"] } }')],
    caught: { rule: "cloud-api-endpoint-cidr", check: "width", resource: CLUSTER },
  },
  {
    name: "aws: the API server has an address on the internet",
    cloud: "aws",
    edits: [setting('kubeflow:cluster: { access: { cidrs: ["203.0.113.0/24"] } }')],
    caught: { rule: "cloud-api-endpoint-private", check: "public", resource: CLUSTER },
  },
  mutant(
    "aws",
    "a private API server is public as well",
    EKS,
    ['endpointPublicAccess: access.kind === "cidrs"', "endpointPublicAccess: true"],
    ["cloud-api-endpoint-cidr", "unrestricted", CLUSTER],
  ),
  mutant(
    "aws",
    "nodes reach the API server over the internet",
    EKS,
    ["endpointPrivateAccess: true", "endpointPrivateAccess: false"],
    ["cloud-api-endpoint-private", "within", CLUSTER],
  ),
  mutant(
    "aws",
    "Secrets are written as they are",
    EKS,
    ['resources: ["secrets"]', "resources: []"],
    ["cloud-secrets-encryption", "encrypted", CLUSTER],
  ),
  mutant(
    "aws",
    "keys are never renewed",
    `${AWS}/encryption/index.ts`,
    ["enableKeyRotation: true", "enableKeyRotation: false"],
    ["cloud-secrets-encryption", "rotation", /kms\/key:Key/],
  ),
  mutant(
    "aws",
    "the API server keeps no audit log",
    EKS,
    ['"api", "audit", ', '"api", '],
    ["cloud-control-plane-logging", "controlPlane", CLUSTER],
  ),
  mutant(
    "aws",
    "the network keeps no log",
    `${AWS}/cluster.ts`,
    ["new AwsFlowLogs(`${name}-flow-logs`, { ...site, vpcId, keyArn: keys.dataKeyArn }, within);", "void AwsFlowLogs;"],
    ["cloud-control-plane-logging", "vpc", /vpc:Vpc/],
  ),
  mutant(
    "aws",
    "the network writes down only what it refuses",
    `${AWS}/network/flow-logs.ts`,
    ['trafficType: "ALL"', 'trafficType: "REJECT"'],
    ["cloud-control-plane-logging", "traffic", /flowLog:FlowLog/],
  ),
  mutant(
    "aws",
    "a Kubernetes that is too old",
    EKS,
    ["version: args.kubernetesVersion", 'version: "1.30"'],
    ["cloud-k8s-version", "min", CLUSTER],
  ),
  mutant(
    "aws",
    "metadata without a token",
    NODES,
    ['httpTokens: "required"', 'httpTokens: "optional"'],
    ["cloud-imds-v2", "tokens", TEMPLATE],
  ),
  mutant(
    "aws",
    "pods reach the metadata of their node",
    NODES,
    ["httpPutResponseHopLimit: 1", "httpPutResponseHopLimit: 2"],
    ["cloud-imds-v2", "hops", TEMPLATE],
  ),
  mutant(
    "aws",
    "nodes are made as EKS likes",
    NODES,
    ["launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },", ""],
    ["cloud-imds-v2", "template", GROUP],
  ),
  mutant(
    "aws",
    "disks of nodes are not encrypted",
    NODES,
    ['encrypted: "true"', 'encrypted: "false"'],
    ["cloud-node-disk-encryption", "encrypted", TEMPLATE],
  ),
  mutant(
    "aws",
    "nodes take the disk of their image",
    NODES,
    [ROOT_DISK, ""],
    ["cloud-node-disk-encryption", "root", TEMPLATE],
  ),
  mutant(
    "aws",
    "volumes are not encrypted",
    `${AWS}/storage/classes.ts`,
    ['encrypted: "true"', 'encrypted: "false"'],
    ["cloud-node-disk-encryption", "encrypted", /^StorageClass gp3$/],
  ),
  mutant(
    "aws",
    "machines in public subnets get addresses on the internet",
    `${AWS}/network/index.ts`,
    ["mapPublicIpOnLaunch: false, tags }", "mapPublicIpOnLaunch: true, tags }"],
    ["cloud-nodes-private", "subnet", /subnet:Subnet cluster-network-public/],
  ),
  mutant(
    "aws",
    "everybody reaches every port of nodes",
    SECURITY,
    ["referencedSecurityGroupId: group.id", 'cidrIpv4: "0.0.0.0/0"'],
    ["cloud-no-open-ingress", "everything", /SecurityGroupIngressRule cluster-nodes-each-other/],
  ),
  mutant(
    "aws",
    "everybody reaches the kubelets",
    SECURITY,
    ["referencedSecurityGroupId: controlPlane.securityGroupId", 'cidrIpv4: "0.0.0.0/0"'],
    ["cloud-no-open-ingress", "ports", /cluster-nodes-control-plane-10250/],
  ),
  mutant(
    "aws",
    "nodes administer the account",
    `${AWS}/nodes/role.ts`,
    ['managedPolicy("AmazonEKSWorkerNodePolicy")', 'managedPolicy("AdministratorAccess")'],
    ["cloud-node-identity", "role", /RolePolicyAttachment/],
  ),
  mutant(
    "aws",
    "add-ons have the rights of their node",
    `${AWS}/add-ons/index.ts`,
    ["? { podIdentityAssociations: [{ serviceAccount: identity.serviceAccount, roleArn: role.arn }] }", "? {}"],
    ["cloud-node-identity", "addOn", /addon:Addon .*vpc-cni/],
  ),
  mutant(
    "aws",
    "network policies do nothing",
    `${AWS}/add-ons/configuration.ts`,
    ['enableNetworkPolicy: "true"', 'enableNetworkPolicy: "false"'],
    ["cloud-network-policy", "eks", CLUSTER],
  ),
  mutant(
    "aws",
    "broken nodes stay",
    NODES,
    ["nodeRepairConfig: { enabled: true }", "nodeRepairConfig: { enabled: false }"],
    ["cloud-auto-upgrade", "repair", GROUP],
  ),
  mutant(
    "aws",
    "nobody says what happens at the end of a version's support",
    EKS,
    ['upgradePolicy: { supportType: "EXTENDED" },', ""],
    ["cloud-auto-upgrade", "cluster", CLUSTER],
  ),
  mutant(
    "aws",
    "the control plane is in one zone",
    EKS,
    ["[...args.network.privateSubnetIds]", "args.network.privateSubnetIds.slice(0, 1)"],
    ["cloud-ha-control-plane", "zones", CLUSTER],
  ),
  mutant(
    "aws",
    "AWS deletes the cluster when asked",
    EKS,
    ["deletionProtection: args.isProtected", "deletionProtection: false"],
    ["cloud-deletion-protection", "cloud", CLUSTER],
  ),
  mutant(
    "aws",
    "the cluster goes with the stack",
    EKS,
    ["protect: args.isProtected", "protect: false"],
    ["cloud-deletion-protection", "protect", CLUSTER],
  ),
  {
    name: "aws: tags of the registry that is made can be moved",
    cloud: "aws",
    edits: [
      setting("kubeflow:airGap: { registry: 123456789012.dkr.ecr.us-east-1.amazonaws.com/kubeflow, create: true }"),
      {
        file: "components/registry/ecr.ts",
        from: 'imageTagMutability: "IMMUTABLE"',
        to: 'imageTagMutability: "MUTABLE"',
      },
    ],
    caught: { rule: "cloud-registry-hardening", check: "immutable", resource: /^aws:ecr\/repository:Repository/ },
  },
];
