import type { KubernetesObject } from "../../../kit/objects.ts";

export interface AutoscalerObjectsArgs {
  readonly clusterName: string;
  readonly region: string;
  readonly image: string;
}

/** Where the Cluster Autoscaler runs, and as whom. */
export const AUTOSCALER = { namespace: "kube-system", name: "cluster-autoscaler" } as const;

const LABELS = { "app.kubernetes.io/name": AUTOSCALER.name };

/** The Cluster Autoscaler and what it may do in the cluster. */
export function autoscalerObjects(args: AutoscalerObjectsArgs): KubernetesObject[] {
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { ...AUTOSCALER, labels: LABELS } },
    {
      apiVersion: RBAC,
      kind: "ClusterRole",
      metadata: { name: AUTOSCALER.name, labels: LABELS },
      rules: CLUSTER_RULES,
    },
    binding("ClusterRole"),
    { apiVersion: RBAC, kind: "Role", metadata: { ...AUTOSCALER, labels: LABELS }, rules: NAMESPACE_RULES },
    binding("Role"),
    deployment(args),
  ];
}

const RBAC = "rbac.authorization.k8s.io/v1";

function rule(apiGroup: string, resources: readonly string[], verbs: readonly string[], resourceNames?: string[]) {
  return { apiGroups: [apiGroup], resources, verbs, ...(resourceNames === undefined ? {} : { resourceNames }) };
}

const WATCH = ["get", "list", "watch"] as const;

/** As its chart has them, for scaling and nothing else. */
const CLUSTER_RULES = [
  rule("", ["events", "endpoints"], ["create", "patch"]),
  rule("", ["pods/eviction"], ["create"]),
  rule("", ["pods/status"], ["update"]),
  rule("", ["nodes"], [...WATCH, "update"]),
  rule(
    "",
    ["namespaces", "pods", "services", "replicationcontrollers", "persistentvolumeclaims", "persistentvolumes"],
    WATCH,
  ),
  rule("apps", ["daemonsets", "replicasets", "statefulsets"], WATCH),
  rule("batch", ["jobs"], [...WATCH, "patch"]),
  rule("policy", ["poddisruptionbudgets"], WATCH),
  rule(
    "storage.k8s.io",
    ["csidrivers", "csinodes", "csistoragecapacities", "storageclasses", "volumeattachments"],
    WATCH,
  ),
  rule("resource.k8s.io", ["deviceclasses", "resourceclaims", "resourceslices"], WATCH),
];

const NAMESPACE_RULES = [
  rule("", ["configmaps"], ["create", "list", "watch"]),
  rule("", ["configmaps"], ["get", "update", "delete"], ["cluster-autoscaler-status"]),
  rule("coordination.k8s.io", ["leases"], ["create"]),
  rule("coordination.k8s.io", ["leases"], ["get", "update"], [AUTOSCALER.name]),
];

function binding(kind: "ClusterRole" | "Role"): KubernetesObject {
  return {
    apiVersion: RBAC,
    kind: `${kind}Binding`,
    metadata: kind === "Role" ? { ...AUTOSCALER, labels: LABELS } : { name: AUTOSCALER.name, labels: LABELS },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: AUTOSCALER.name },
    subjects: [{ kind: "ServiceAccount", ...AUTOSCALER }],
  };
}

function deployment({ clusterName, region, image }: AutoscalerObjectsArgs): KubernetesObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { ...AUTOSCALER, labels: LABELS },
    spec: {
      replicas: 1,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: AUTOSCALER.name,
          priorityClassName: "system-cluster-critical",
          securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: AUTOSCALER.name,
              image,
              command: ["./cluster-autoscaler", ...flags(clusterName)],
              env: [{ name: "AWS_REGION", value: region }],
              resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "640Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              ports: [{ name: "http", containerPort: 8085 }],
              livenessProbe: { httpGet: { path: "/health-check", port: "http" }, initialDelaySeconds: 30 },
            },
          ],
        },
      },
    },
  };
}

/** Groups are found by the tags that EKS gives those of managed nodes; groups of one pool grow alike over the zones. */
function flags(clusterName: string): string[] {
  return [
    "--cloud-provider=aws",
    `--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/${clusterName}`,
    "--balance-similar-node-groups",
    "--balancing-ignore-label=topology.k8s.aws/zone-id",
    "--expander=least-waste",
    "--skip-nodes-with-local-storage=false",
  ];
}
