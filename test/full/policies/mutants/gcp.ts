import { mutant } from "./cloud-mutant.ts";
import type { Mutant } from "./mutant.ts";
import { setting } from "./settings.ts";

const GCP = "components/cluster/gcp";
const GKE = `${GCP}/control-plane.ts`;
const NODE_CONFIG = `${GCP}/node-config.ts`;
const POOLS = `${GCP}/node-pools.ts`;
const NETWORK = `${GCP}/network.ts`;

const GOOGLE_CLUSTER = /^gcp:container\/cluster:Cluster/;
const GOOGLE_POOL = /^gcp:container\/nodePool:NodePool/;

/** Changes of what Google Cloud is asked for, each with the rule that must find it. */
export const gcpMutants: readonly Mutant[] = [
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
    ["deletionProtection: isProtected", "deletionProtection: false"],
    ["cloud-deletion-protection", "cloud", GOOGLE_CLUSTER],
  ),
  mutant(
    "gcp",
    "the key of the Secrets goes with the stack",
    `${GCP}/encryption.ts`,
    ["protect: isProtected", "protect: false"],
    ["cloud-deletion-protection", "protect", /cryptoKey:CryptoKey/],
  ),
  {
    name: "gcp: tags of the registry that is made can be moved",
    cloud: "gcp",
    edits: [
      setting("kubeflow:airGap: { registry: us-central1-docker.pkg.dev/kubeflow-rehearsal/kubeflow, create: true }"),
      { file: "components/registry/artifact-registry.ts", from: "immutableTags: true", to: "immutableTags: false" },
    ],
    caught: { rule: "cloud-registry-hardening", check: "immutable", resource: /artifactregistry\/repository/ },
  },
];
