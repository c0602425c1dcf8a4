import type { Mutant } from "./mutant.ts";
import { setting } from "./settings.ts";

const AWS = "components/cluster/aws";
const GCP = "components/cluster/gcp";
const DIGITALOCEAN = "components/cluster/digitalocean/component.ts";
const EKS = `${AWS}/control-plane/index.ts`;
const NODES = `${AWS}/nodes/index.ts`;
const SECURITY = `${AWS}/nodes/security.ts`;
const GKE = `${GCP}/control-plane.ts`;
const NODE_CONFIG = `${GCP}/node-config.ts`;
const POOLS = `${GCP}/node-pools.ts`;
const NETWORK = `${GCP}/network.ts`;

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

/** A mutant of one edit, which a check of a rule about clouds must find. */
function mutant(
  cloud: string,
  name: string,
  file: string,
  [from, to]: readonly [string, string],
  [rule, check, resource]: readonly [rule: string, check: string, resource: RegExp],
): Mutant {
  return { name: `${cloud}: ${name}`, cloud, edits: [{ file, from, to }], caught: { rule, check, resource } };
}

const CLUSTER = /^aws:eks\/cluster:Cluster/;
const GROUP = /^aws:eks\/nodeGroup:NodeGroup/;
const TEMPLATE = /launchTemplate:LaunchTemplate/;
const GOOGLE_CLUSTER = /^gcp:container\/cluster:Cluster/;
const GOOGLE_POOL = /^gcp:container\/nodePool:NodePool/;
const DROPLETS = /kubernetesCluster:KubernetesCluster/;

const aws: readonly Mutant[] = [
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
];

const gcp: readonly Mutant[] = [
  {
    name: "gcp: the API server is open to a quarter of the internet",
    cloud: "gcp",
    edits: [setting('kubeflow:cluster: { access: { cidrs: ["64.0.0.0/2"] } }')],
    caught: { rule: "cloud-api-endpoint-cidr", check: "width", resource: GOOGLE_CLUSTER },
  },
  mutant(
    "gcp",
    "every customer of Google reaches the API server",
    GKE,
    ["gcpPublicCidrsAccessEnabled: false", "gcpPublicCidrsAccessEnabled: true"],
    ["cloud-api-endpoint-cidr", "googleCloud", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "the API server has an address on the internet",
    GKE,
    ['enablePrivateEndpoint: request.access.kind === "private"', "enablePrivateEndpoint: false"],
    ["cloud-api-endpoint-private", "public", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "Secrets have no key of their own",
    GKE,
    ['{ state: "ENCRYPTED", keyName: encryption.keyName }', '{ state: "ENCRYPTED" }'],
    ["cloud-secrets-encryption", "key", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "the key is never renewed",
    `${GCP}/encryption.ts`,
    [", rotationPeriod: NINETY_DAYS", ""],
    ["cloud-secrets-encryption", "rotation", /cryptoKey:CryptoKey/],
  ),
  mutant(
    "gcp",
    "the API server keeps no log",
    GKE,
    ['const LOGS = ["SYSTEM_COMPONENTS", "APISERVER", ', 'const LOGS = ["SYSTEM_COMPONENTS", '],
    ["cloud-control-plane-logging", "controlPlane", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "the network keeps no log",
    NETWORK,
    ['logConfig: { aggregationInterval: "INTERVAL_5_SEC", flowSampling: 0.5, metadata: "INCLUDE_ALL_METADATA" },', ""],
    ["cloud-control-plane-logging", "subnetwork", /subnetwork:Subnetwork cluster-network-nodes/],
  ),
  mutant(
    "gcp",
    "nodes have addresses on the internet",
    GKE,
    ["enablePrivateNodes: true", "enablePrivateNodes: false"],
    ["cloud-nodes-private", "gke", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "everybody reaches the webhooks and kubelets",
    NETWORK,
    ["sourceRanges: [ranges.controlPlane]", 'sourceRanges: ["0.0.0.0/0"]'],
    ["cloud-no-open-ingress", "ports", /firewall:Firewall/],
  ),
  mutant(
    "gcp",
    "nodes may edit the whole project",
    NODE_CONFIG,
    ["    serviceAccount,\n", ""],
    ["cloud-node-identity", "account", GOOGLE_POOL],
  ),
  mutant(
    "gcp",
    "pods take the credentials of their node",
    NODE_CONFIG,
    ['mode: "GKE_METADATA"', 'mode: "GCE_METADATA"'],
    ["cloud-node-identity", "metadata", GOOGLE_POOL],
  ),
  mutant(
    "gcp",
    "pods have no identities",
    GKE,
    ["workloadIdentityConfig: { workloadPool: `${plan.project}.svc.id.goog` },", ""],
    ["cloud-node-identity", "workloadIdentity", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "nodes edit the project by their role",
    `${GCP}/node-identity.ts`,
    ['"roles/artifactregistry.reader"', '"roles/editor"'],
    ["cloud-node-identity", "role", /iAMMember:IAMMember/],
  ),
  mutant(
    "gcp",
    "nodes boot anything",
    NODE_CONFIG,
    ["enableSecureBoot: true", "enableSecureBoot: false"],
    ["cloud-gke-hardening", "secureBoot", GOOGLE_POOL],
  ),
  mutant(
    "gcp",
    "any machine joins",
    GKE,
    ["enableShieldedNodes: true", "enableShieldedNodes: false"],
    ["cloud-gke-hardening", "shieldedNodes", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "every account does everything",
    GKE,
    ["enableLegacyAbac: false", "enableLegacyAbac: true"],
    ["cloud-gke-hardening", "legacyAuthorization", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "a certificate that nobody can take back",
    GKE,
    ["issueClientCertificate: false", "issueClientCertificate: true"],
    ["cloud-gke-hardening", "clientCertificate", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "network policies do nothing",
    GKE,
    ['datapathProvider: "ADVANCED_DATAPATH"', 'datapathProvider: "LEGACY_DATAPATH"'],
    ["cloud-network-policy", "gke", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "nodes keep their version",
    POOLS,
    ["autoUpgrade: true", "autoUpgrade: false"],
    ["cloud-auto-upgrade", "nodes", GOOGLE_POOL],
  ),
  mutant(
    "gcp",
    "no release channel is followed",
    GKE,
    ['channel: "REGULAR"', 'channel: "UNSPECIFIED"'],
    ["cloud-auto-upgrade", "channel", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "Google works on the cluster at any time",
    GKE,
    [", maintenancePolicy: MAINTENANCE", ""],
    ["cloud-auto-upgrade", "window", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "one control plane in one zone",
    GKE,
    ["location: plan.region", "location: `${plan.region}-a`"],
    ["cloud-ha-control-plane", "regional", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "Google deletes the cluster when asked",
    GKE,
    ["deletionProtection: isProduction", "deletionProtection: false"],
    ["cloud-deletion-protection", "cloud", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "the key of the Secrets goes with the stack",
    `${GCP}/encryption.ts`,
    ['protect: environment === "prod"', "protect: false"],
    ["cloud-deletion-protection", "protect", /cryptoKey:CryptoKey/],
  ),
];

const digitalocean: readonly Mutant[] = [
  {
    name: "digitalocean: the API server is open to one network of the internet",
    cloud: "digitalocean",
    edits: [setting('kubeflow:cluster: { access: { cidrs: ["203.0.113.0/24"] } }')],
    caught: { rule: "cloud-api-endpoint-private", check: "firewall", resource: DROPLETS },
  },
  mutant(
    "digitalocean",
    "the API server has no firewall",
    DIGITALOCEAN,
    ["enabled: true", "enabled: false"],
    ["cloud-api-endpoint-cidr", "unrestricted", DROPLETS],
  ),
  mutant(
    "digitalocean",
    "the cluster keeps its patch",
    DIGITALOCEAN,
    ["autoUpgrade: true", "autoUpgrade: false"],
    ["cloud-auto-upgrade", "cluster", DROPLETS],
  ),
  mutant(
    "digitalocean",
    "nodes go before others come",
    DIGITALOCEAN,
    ["surgeUpgrade: true", "surgeUpgrade: false"],
    ["cloud-auto-upgrade", "surge", DROPLETS],
  ),
  mutant(
    "digitalocean",
    "one control plane",
    DIGITALOCEAN,
    ['ha: environment === "prod"', "ha: false"],
    ["cloud-ha-control-plane", "replicas", DROPLETS],
  ),
  mutant(
    "digitalocean",
    "the cluster goes with the stack",
    DIGITALOCEAN,
    ['protect: environment === "prod"', "protect: false"],
    ["cloud-deletion-protection", "protect", DROPLETS],
  ),
];

/** Changes of what clouds are asked for, each with the rule that must find it. */
export const cloudMutants: readonly Mutant[] = [...aws, ...gcp, ...digitalocean];
