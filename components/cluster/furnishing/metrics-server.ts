import type { KubernetesObject } from "../../kit/objects.ts";
import { guaranteed } from "./daemon-set.ts";
import { FURNISHING_IMAGES } from "./images.ts";

const NAME = "metrics-server";
const NAMESPACE = "kube-system";
const LABELS = { "app.kubernetes.io/name": NAME };
const RBAC = "rbac.authorization.k8s.io";
const PORT = 10_250;

const named = { name: NAME, namespace: NAMESPACE, labels: LABELS };
const account = { kind: "ServiceAccount", name: NAME, namespace: NAMESPACE };

/** metrics-server, from which autoscalers and `kubectl top` read; on clouds that run none. */
export function metricsServer(): KubernetesObject[] {
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: named },
    role(
      "system:aggregated-metrics-reader",
      [{ apiGroups: ["metrics.k8s.io"], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] }],
      {
        "rbac.authorization.k8s.io/aggregate-to-admin": "true",
        "rbac.authorization.k8s.io/aggregate-to-edit": "true",
        "rbac.authorization.k8s.io/aggregate-to-view": "true",
      },
    ),
    role(`system:${NAME}`, [
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
    ]),
    binding(`system:${NAME}`, `system:${NAME}`),
    binding(`${NAME}:system:auth-delegator`, "system:auth-delegator"),
    {
      apiVersion: `${RBAC}/v1`,
      kind: "RoleBinding",
      metadata: { name: `${NAME}-auth-reader`, namespace: NAMESPACE, labels: LABELS },
      roleRef: { apiGroup: RBAC, kind: "Role", name: "extension-apiserver-authentication-reader" },
      subjects: [account],
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: named,
      spec: { selector: LABELS, ports: [{ name: "https", port: 443, targetPort: "https", protocol: "TCP" }] },
    },
    deployment(),
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1beta1.metrics.k8s.io", labels: LABELS },
      spec: {
        group: "metrics.k8s.io",
        version: "v1beta1",
        groupPriorityMinimum: 100,
        versionPriority: 100,
        // Its certificate is its own; it is reached over the cluster's network alone.
        insecureSkipTLSVerify: true,
        service: { name: NAME, namespace: NAMESPACE },
      },
    },
  ];
}

function role(name: string, rules: readonly object[], labels: Readonly<Record<string, string>> = {}): KubernetesObject {
  return { apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata: { name, labels: { ...LABELS, ...labels } }, rules };
}

function binding(name: string, roleName: string): KubernetesObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name, labels: LABELS },
    roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: roleName },
    subjects: [account],
  };
}

function deployment(): KubernetesObject {
  const probe = (path: string) => ({ httpGet: { path, port: "https", scheme: "HTTPS" }, periodSeconds: 10 });
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: named,
    spec: {
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: NAME,
          priorityClassName: "system-cluster-critical",
          containers: [
            {
              name: NAME,
              image: FURNISHING_IMAGES.metricsServer,
              args: [
                "--cert-dir=/tmp",
                `--secure-port=${PORT}`,
                "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
                "--kubelet-use-node-status-port",
                "--metric-resolution=15s",
              ],
              ports: [{ name: "https", containerPort: PORT, protocol: "TCP" }],
              livenessProbe: probe("/livez"),
              readinessProbe: probe("/readyz"),
              resources: guaranteed("100m", "256Mi"),
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ["ALL"] },
                readOnlyRootFilesystem: true,
                runAsNonRoot: true,
                runAsUser: 1000,
                seccompProfile: { type: "RuntimeDefault" },
              },
              volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
            },
          ],
          volumes: [{ name: "tmp", emptyDir: {} }],
        },
      },
    },
  };
}
