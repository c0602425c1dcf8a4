import { z } from "zod";
import { GKE_CLUSTER, GKE_NODE_POOL } from "../cloud/resources.ts";
import { at, isFalse, isTrue, type Step, textAt } from "../reading.ts";
import type { Subject } from "../resource.ts";
import { type Check, resourceRule } from "../rule.ts";
import { ofType } from "../subjects.ts";

/** A check of one field, of the cluster or of whatever says how nodes are made. */
interface Field {
  readonly of: "cluster" | "nodes";
  readonly path: readonly Step[];
  readonly isSafe: (value: unknown, path: readonly Step[]) => boolean;
  /** Ends "gcp:container/cluster:Cluster main ...". */
  readonly wrong: string;
  readonly fix: string;
}

const FIELDS = {
  shieldedNodes: {
    of: "cluster",
    path: ["enableShieldedNodes"],
    isSafe: (value, path) => !isFalse(value, ...path),
    wrong: "takes any machine for one of its nodes",
    fix: "Set enableShieldedNodes to true.",
  },
  legacyAuthorization: {
    of: "cluster",
    path: ["enableLegacyAbac"],
    isSafe: (value, path) => !isTrue(value, ...path),
    wrong: "lets every service account do everything",
    fix: "Set enableLegacyAbac to false.",
  },
  clientCertificate: {
    of: "cluster",
    path: ["masterAuth", "clientCertificateConfig", "issueClientCertificate"],
    isSafe: (value, path) => !isTrue(value, ...path),
    wrong: "gives out a certificate that nobody can take back",
    fix: "Set masterAuth.clientCertificateConfig.issueClientCertificate to false.",
  },
  password: {
    of: "cluster",
    path: ["masterAuth", "username"],
    isSafe: (value, path) => (textAt(value, ...path) ?? "") === "",
    wrong: "takes a password for its API server",
    fix: "Leave masterAuth.username and password out.",
  },
  alpha: {
    of: "cluster",
    path: ["enableKubernetesAlpha"],
    isSafe: (value, path) => !isTrue(value, ...path),
    wrong: "runs what is not finished, and is deleted after 30 days",
    fix: "Leave enableKubernetesAlpha out.",
  },
  secureBoot: {
    of: "nodes",
    path: ["nodeConfig", "shieldedInstanceConfig", "enableSecureBoot"],
    isSafe: (value, path) => isTrue(value, ...path),
    wrong: "boots whatever is on the disk of its nodes",
    fix: "Set nodeConfig.shieldedInstanceConfig.enableSecureBoot to true.",
  },
  integrityMonitoring: {
    of: "nodes",
    path: ["nodeConfig", "shieldedInstanceConfig", "enableIntegrityMonitoring"],
    isSafe: (value, path) => !isFalse(value, ...path),
    wrong: "does not notice when what its nodes boot has changed",
    fix: "Set nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring to true.",
  },
  legacyMetadata: {
    of: "nodes",
    path: ["nodeConfig", "metadata", "disable-legacy-endpoints"],
    isSafe: (value, path) => !isFalse(value, ...path),
    wrong: "answers metadata requests of the first version, which any fetched URL can be",
    fix: 'Set nodeConfig.metadata["disable-legacy-endpoints"] to "true".',
  },
  image: {
    of: "nodes",
    path: ["nodeConfig", "imageType"],
    isSafe: (value, path) => /^(COS|UBUNTU)_CONTAINERD$/i.test(textAt(value, ...path) ?? "COS_CONTAINERD"),
    wrong: "has an image for its nodes that Google does not keep for them",
    fix: "Set nodeConfig.imageType to COS_CONTAINERD.",
  },
} as const satisfies Record<string, Field>;

export const gkeHardening = resourceRule({
  id: "cloud-gke-hardening",
  title: "Clusters on Google Cloud use none of the ways in that it keeps for old ones",
  severity: "high",
  why: "Each of these switches opens a way past authentication or past a verified boot that newer clusters do not have; together they are most of what the benchmark for GKE asks for.",
  remediation: "Take the defaults of new clusters, with secure boot.",
  url: "https://docs.cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster",
  frameworks: [
    { framework: "Trivy", id: "GCP-0055" },
    { framework: "Trivy", id: "GCP-0062" },
    { framework: "Trivy", id: "GCP-0064" },
    { framework: "Checkov", id: "CKV_GCP_7" },
    { framework: "Checkov", id: "CKV_GCP_13" },
    { framework: "Checkov", id: "CKV_GCP_68" },
    { framework: "Checkov", id: "CKV_GCP_71" },
    { framework: "Checkov", id: "CKV_GCP_72" },
    { framework: "CIS GKE", id: "5.5.5" },
    { framework: "CIS GKE", id: "5.5.6" },
    { framework: "CIS GKE", id: "5.5.7" },
    { framework: "CIS GKE", id: "5.8.1" },
    { framework: "CIS GKE", id: "5.8.3" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({}),
  subjects: ofType(GKE_CLUSTER, GKE_NODE_POOL),
  checks: {
    shieldedNodes: checkOf(FIELDS.shieldedNodes),
    legacyAuthorization: checkOf(FIELDS.legacyAuthorization),
    clientCertificate: checkOf(FIELDS.clientCertificate),
    password: checkOf(FIELDS.password),
    alpha: checkOf(FIELDS.alpha),
    secureBoot: checkOf(FIELDS.secureBoot),
    integrityMonitoring: checkOf(FIELDS.integrityMonitoring),
    legacyMetadata: checkOf(FIELDS.legacyMetadata),
    image: checkOf(FIELDS.image),
  },
  examples: {
    good: [
      `
type: gcp:container/cluster:Cluster
properties:
  removeDefaultNodePool: true
  enableShieldedNodes: true
  enableLegacyAbac: false
  masterAuth: { clientCertificateConfig: { issueClientCertificate: false } }
---
type: gcp:container/nodePool:NodePool
properties:
  nodeConfig:
    imageType: COS_CONTAINERD
    shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true }
    metadata: { disable-legacy-endpoints: "true" }
`,
    ],
    bad: {
      shieldedNodes: clusterWith("enableShieldedNodes: false"),
      legacyAuthorization: clusterWith("enableLegacyAbac: true"),
      clientCertificate: clusterWith("masterAuth: { clientCertificateConfig: { issueClientCertificate: true } }"),
      password: clusterWith("masterAuth: { username: admin }"),
      alpha: clusterWith("enableKubernetesAlpha: true"),
      secureBoot: poolWith("shieldedInstanceConfig: { enableSecureBoot: false }"),
      integrityMonitoring: poolWith(
        "shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: false }",
      ),
      legacyMetadata: poolWith('metadata: { disable-legacy-endpoints: "false" }'),
      image: poolWith("imageType: CUSTOM_CONTAINERD"),
    },
  },
});

function checkOf({ of, path, isSafe, wrong, fix }: Field): Check<Subject, object> {
  return (subject) => {
    const isMeant = of === "cluster" ? subject.resource.type === GKE_CLUSTER : hasNodes(subject);
    if (!isMeant || isSafe(subject.value, path)) return;
    return { message: `${subject.name} ${wrong}`, path, fix };
  };
}

function hasNodes({ resource, value }: Subject): boolean {
  return resource.type === GKE_NODE_POOL || at(value, "nodeConfig") !== undefined;
}

function clusterWith(field: string): string {
  return `
type: gcp:container/cluster:Cluster
properties: { removeDefaultNodePool: true, ${field} }
`;
}

function poolWith(field: string): string {
  return `
type: gcp:container/nodePool:NodePool
properties: { nodeConfig: { ${field} } }
`;
}
