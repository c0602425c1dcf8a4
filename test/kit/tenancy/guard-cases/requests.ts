import type { KubernetesObject } from "../../../../components/kit/objects.ts";

export const OPERATORS = "operator";
export const ACCESS_MANAGEMENT = "system:serviceaccount:kubeflow:profiles-controller-service-account";

export type Fields = Readonly<Record<string, unknown>>;

export const container = (fields: Fields = {}): Fields => ({
  name: "main",
  image: "quay.io/ml/train:1",
  resources: { limits: { memory: "1Gi" } },
  ...fields,
});

export const pod = (spec: Fields = {}): { object: KubernetesObject } => ({
  object: { apiVersion: "v1", kind: "Pod", metadata: { name: "case" }, spec: { containers: [container()], ...spec } },
});

export const withContainer = (fields: Fields, spec: Fields = {}) => pod({ containers: [container(fields)], ...spec });

export const secured = (securityContext: Fields) => withContainer({ securityContext });

export const GPU = { limits: { memory: "1Gi", "nvidia.com/gpu": "1" } };
export const TOLERATION = { tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }] };
export const POOL = (name: string) => ({ nodeSelector: { "kubeflow-on-pulumi/pool": name } });

export const installing = (requirement: string) =>
  withContainer({ command: ["sh", "-c", `pip install --no-cache ${requirement} && python train.py`] });

export const istioInit = (fields: Fields = {}) =>
  pod({
    initContainers: [
      container({
        name: "istio-init",
        image: "docker.io/istio/proxyv2:1.17.5",
        args: ["istio-iptables", "-p", "15001"],
        securityContext: { capabilities: { add: ["NET_ADMIN", "NET_RAW"], drop: ["ALL"] } },
        ...fields,
      }),
    ],
  });

export const model = (predictor: Fields, metadata: Fields = {}): { object: KubernetesObject } => ({
  object: {
    apiVersion: "serving.kserve.io/v1beta1",
    kind: "InferenceService",
    metadata: { name: "case", ...metadata },
    spec: { predictor },
  },
});

export const operator = (image: string): { object: KubernetesObject } => ({
  object: {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "case", namespace: "kubeflow" },
    spec: {
      selector: { matchLabels: { app: "case" } },
      template: { metadata: { labels: { app: "case" } }, spec: { containers: [container({ image })] } },
    },
  },
});

export const service = (spec: Fields): { object: KubernetesObject } => ({
  object: { apiVersion: "v1", kind: "Service", metadata: { name: "case" }, spec: { ports: [{ port: 80 }], ...spec } },
});

export const profile = (user: string) => ({
  user,
  object: {
    apiVersion: "kubeflow.org/v1",
    kind: "Profile",
    metadata: { name: "case" },
    spec: { owner: { kind: "User", name: "mallory@example.com" } },
  },
});

export const binding = (user: string, name: string) => ({
  user,
  object: {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "kubeflow-edit" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "mallory@example.com" }],
  },
});
