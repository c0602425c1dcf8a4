import type { KubernetesObject } from "../../../components/kit/objects.ts";
import type { GuardOptions, Request } from "../../../components/tenancy/guards/index.ts";
import { tenancySettings } from "../../../components/tenancy/settings.ts";

/** Of the guards that the cases are judged by. */
export const GUARD_OPTIONS: GuardOptions = {
  tenancy: tenancySettings.parse({ imagesFrom: ["registry.example.com/ml", "quay.io"] }),
  gpuPools: ["a100", "v100"],
  meshImage: "docker.io/istio/proxyv2:1.17.5",
  platformImages: ["docker.io/istio/proxyv2", "ghcr.io/kubeflow/kfp-launcher", "docker.io/library/python"],
};

/** Labels of the namespace that all cases are in: a profile's, of the settings, with one of the two GPU pools. */
export const NAMESPACE_LABELS = {
  "app.kubernetes.io/part-of": "kubeflow-profile",
  "kubeflow-on-pulumi/profile": "by-settings",
  "gpu-pool.kubeflow-on-pulumi/a100": "allowed",
};

export interface GuardCase {
  /** Of the guard that the case is about. */
  readonly guard: string;
  readonly what: string;
  /** Words of the message; undefined where it is admitted. */
  readonly refused?: string;
  readonly request: Pick<Request, "object"> & Partial<Request>;
}

const OPERATORS = "operator";
const ACCESS_MANAGEMENT = "system:serviceaccount:kubeflow:profiles-controller-service-account";

type Fields = Readonly<Record<string, unknown>>;

const container = (fields: Fields = {}): Fields => ({
  name: "main",
  image: "quay.io/ml/train:1",
  resources: { limits: { memory: "1Gi" } },
  ...fields,
});

const pod = (spec: Fields = {}): { object: KubernetesObject } => ({
  object: { apiVersion: "v1", kind: "Pod", metadata: { name: "case" }, spec: { containers: [container()], ...spec } },
});

const withContainer = (fields: Fields, spec: Fields = {}) => pod({ containers: [container(fields)], ...spec });

const secured = (securityContext: Fields) => withContainer({ securityContext });

const GPU = { limits: { memory: "1Gi", "nvidia.com/gpu": "1" } };
const TOLERATION = { tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }] };
const POOL = (name: string) => ({ nodeSelector: { "kubeflow-on-pulumi/pool": name } });

const installing = (requirement: string) =>
  withContainer({ command: ["sh", "-c", `pip install --no-cache ${requirement} && python train.py`] });

const istioInit = (fields: Fields = {}) =>
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

const model = (predictor: Fields, metadata: Fields = {}): { object: KubernetesObject } => ({
  object: {
    apiVersion: "serving.kserve.io/v1beta1",
    kind: "InferenceService",
    metadata: { name: "case", ...metadata },
    spec: { predictor },
  },
});

const operator = (image: string): { object: KubernetesObject } => ({
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

const service = (spec: Fields): { object: KubernetesObject } => ({
  object: { apiVersion: "v1", kind: "Service", metadata: { name: "case" }, spec: { ports: [{ port: 80 }], ...spec } },
});

const profile = (user: string) => ({
  user,
  object: {
    apiVersion: "kubeflow.org/v1",
    kind: "Profile",
    metadata: { name: "case" },
    spec: { owner: { kind: "User", name: "mallory@example.com" } },
  },
});

const binding = (user: string, name: string) => ({
  user,
  object: {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "kubeflow-edit" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "mallory@example.com" }],
  },
});

/** What every guard refuses and admits, judged alike by its CEL and by its TypeScript. */
export const guardCases: readonly GuardCase[] = [
  { guard: "memory-limit", what: "a container with a limit", request: pod() },
  {
    guard: "memory-limit",
    what: "no resources",
    refused: "container main has no memory limit",
    request: withContainer({ resources: {} }),
  },
  {
    guard: "memory-limit",
    what: "a request only",
    refused: "container main has no memory limit",
    request: withContainer({ resources: { requests: { memory: "1Gi" } } }),
  },
  {
    guard: "memory-limit",
    what: "a CPU limit only",
    refused: "has no memory limit",
    request: withContainer({ resources: { limits: { cpu: "1" } } }),
  },
  {
    guard: "memory-limit",
    what: "an init container without",
    refused: "container first, second has no memory limit",
    request: pod({
      initContainers: [container({ name: "first", resources: {} }), container({ name: "second", resources: {} })],
    }),
  },

  {
    guard: "isolation",
    what: "the node's network",
    refused: "leave out hostNetwork",
    request: pod({ hostNetwork: true }),
  },
  {
    guard: "isolation",
    what: "the node's processes",
    refused: "leave out hostNetwork",
    request: pod({ hostPID: true }),
  },
  { guard: "isolation", what: "the node's memory", refused: "leave out hostNetwork", request: pod({ hostIPC: true }) },
  {
    guard: "isolation",
    what: "a directory of the node",
    refused: "volume root may not be a directory of the node",
    request: pod({ volumes: [{ name: "root", hostPath: { path: "/" } }] }),
  },
  { guard: "isolation", what: "other volumes", request: pod({ volumes: [{ name: "scratch", emptyDir: {} }] }) },
  {
    guard: "isolation",
    what: "a privileged container",
    refused: "container main may not be privileged",
    request: secured({ privileged: true }),
  },
  { guard: "isolation", what: "one that says it is not", request: secured({ privileged: false, runAsUser: 1000 }) },
  {
    guard: "isolation",
    what: "a privileged init container",
    refused: "container setup may not be privileged",
    request: pod({ initContainers: [container({ name: "setup", securityContext: { privileged: true } })] }),
  },
  {
    guard: "isolation",
    what: "a harmless capability",
    request: secured({ capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] } }),
  },
  {
    guard: "isolation",
    what: "a capability beyond",
    refused: "container main asks for capabilities",
    request: secured({ capabilities: { add: ["CHOWN", "SYS_ADMIN"] } }),
  },
  { guard: "isolation", what: "the mesh's init container", request: istioInit() },
  {
    guard: "isolation",
    what: "another image under its name",
    refused: "container istio-init asks for capabilities",
    request: istioInit({ image: "quay.io/mallory/proxyv2:1.17.5" }),
  },
  {
    guard: "isolation",
    what: "its image with a command of one's own",
    refused: "container istio-init asks for capabilities",
    request: istioInit({ command: ["sh"] }),
  },
  {
    guard: "isolation",
    what: "its image with other arguments",
    refused: "container istio-init asks for capabilities",
    request: istioInit({ args: ["sh", "istio-iptables"] }),
  },
  {
    guard: "isolation",
    what: "its image under another name",
    refused: "container sniffer asks for capabilities",
    request: istioInit({ name: "sniffer" }),
  },
  {
    guard: "isolation",
    what: "a port of the node",
    refused: "container main may not take a port of its node",
    request: withContainer({ ports: [{ containerPort: 80, hostPort: 8080 }] }),
  },
  { guard: "isolation", what: "a port of its own", request: withContainer({ ports: [{ containerPort: 80 }] }) },
  {
    guard: "isolation",
    what: "a node past the scheduler",
    refused: "may not choose its node",
    request: pod({ nodeName: "gpu-1" }),
  },

  {
    guard: "gpus",
    what: "a GPU with toleration and pool",
    request: withContainer({ resources: GPU }, { ...TOLERATION, ...POOL("a100") }),
  },
  {
    guard: "gpus",
    what: "a GPU without toleration",
    refused: "must tolerate the taint",
    request: withContainer({ resources: GPU }, POOL("a100")),
  },
  {
    guard: "gpus",
    what: "a GPU without pool",
    refused: "must choose one of its profile's pools",
    request: withContainer({ resources: GPU }, TOLERATION),
  },
  {
    guard: "gpus",
    what: "the pool of others",
    refused: "the GPU pool v100 is not one of this profile's",
    request: withContainer({ resources: GPU }, { ...TOLERATION, ...POOL("v100") }),
  },
  {
    guard: "gpus",
    what: "the pool of others, without a GPU",
    refused: "the GPU pool v100 is not one of this profile's",
    request: pod(POOL("v100")),
  },
  { guard: "gpus", what: "a GPU node for no GPU", refused: "may not tolerate GPU nodes", request: pod(TOLERATION) },
  {
    guard: "gpus",
    what: "every node for no GPU",
    refused: "may not tolerate GPU nodes",
    request: pod({ tolerations: [{ operator: "Exists" }] }),
  },
  { guard: "gpus", what: "another toleration", request: pod({ tolerations: [{ key: "spot", operator: "Exists" }] }) },
  {
    guard: "gpus",
    what: "a slice of a GPU without toleration",
    refused: "must tolerate the taint",
    request: withContainer({ resources: { limits: { memory: "1Gi", "nvidia.com/mig-1g.5gb": "1" } } }, POOL("a100")),
  },

  {
    guard: "images",
    what: "a place of the settings",
    request: withContainer({ image: "registry.example.com/ml/train@sha256:" + "0".repeat(64) }),
  },
  {
    guard: "images",
    what: "a neighbour of it",
    refused: "image registry.example.com/mlx/train:1 is from a place",
    request: withContainer({ image: "registry.example.com/mlx/train:1" }),
  },
  {
    guard: "images",
    what: "Docker Hub",
    refused: "image pytorch/pytorch:2.1 is from a place",
    request: withContainer({ image: "pytorch/pytorch:2.1" }),
  },
  {
    guard: "images",
    what: "an official image",
    refused: "image busybox is from a place",
    request: withContainer({ image: "busybox" }),
  },
  { guard: "images", what: "an official image of the platform", request: withContainer({ image: "python:3.7" }) },
  {
    guard: "images",
    what: "the same by an old name",
    request: withContainer({ image: "index.docker.io/library/python:3.7" }),
  },
  {
    guard: "images",
    what: "a registry that begins alike",
    refused: "image quay.io.example.com/ml/train:1 is from",
    request: withContainer({ image: "quay.io.example.com/ml/train:1" }),
  },
  {
    guard: "images",
    what: "a registry on a port",
    refused: "image quay.io:5000/ml/train:1 is from",
    request: withContainer({ image: "quay.io:5000/ml/train:1" }),
  },
  {
    guard: "images",
    what: "an init container from elsewhere",
    refused: "image localhost/x is from",
    request: pod({ initContainers: [container({ name: "setup", image: "localhost/x" })] }),
  },

  { guard: "transformers", what: "the validated version", request: installing("transformers==4.35.0") },
  { guard: "transformers", what: "a repair of it", request: installing("'transformers[torch]==4.35.2'") },
  { guard: "transformers", what: "an older one", request: installing("transformers==4.9.2") },
  {
    guard: "transformers",
    what: "the next one",
    refused: "transformers==4.36 is beyond",
    request: installing("transformers==4.36.0"),
  },
  {
    guard: "transformers",
    what: "a later one",
    refused: "transformers==5.0 is beyond",
    request: installing("transformers==5.0.1 accelerate==0.2.0"),
  },
  {
    guard: "transformers",
    what: "one in the arguments of an init container",
    refused: "transformers[torch]==4.40 is beyond",
    request: pod({
      initContainers: [container({ name: "setup", args: ["pip", "install", "transformers[torch]==4.40.0"] })],
    }),
  },
  { guard: "transformers", what: "no version", request: installing("transformers") },
  { guard: "transformers", what: "another package", request: installing("sentence-transformers-x==9.9.9") },

  {
    guard: "training-operator",
    what: "the validated version",
    request: operator("quay.io/kubeflow/training-operator:v1.8.0"),
  },
  {
    guard: "training-operator",
    what: "a commit, which says no version",
    request: operator("kubeflow/training-operator:v1-855e096"),
  },
  {
    guard: "training-operator",
    what: "the next one",
    refused: "training-operator:v1.9.2 is beyond",
    request: operator("kubeflow/training-operator:v1.9.2"),
  },
  {
    guard: "training-operator",
    what: "a later one",
    refused: "training-operator:v2.0.0 is beyond",
    request: operator("kubeflow/training-operator:v2.0.0"),
  },
  { guard: "training-operator", what: "another image", request: operator("kubeflow/mpi-operator:v9.9.9") },

  {
    guard: "language-models",
    what: "a language model that scales to zero",
    refused: "may not scale to zero",
    request: model({ minReplicas: 0, model: { modelFormat: { name: "HuggingFace" } } }),
  },
  {
    guard: "language-models",
    what: "one that keeps a replica",
    request: model({ minReplicas: 1, model: { modelFormat: { name: "huggingface" } } }),
  },
  {
    guard: "language-models",
    what: "one that leaves it to KServe, which keeps one",
    request: model({ model: { modelFormat: { name: "vllm" } } }),
  },
  {
    guard: "language-models",
    what: "one by its server",
    refused: "may not scale to zero",
    request: model({
      minReplicas: 0,
      containers: [{ name: "kserve-container", image: "docker.io/vllm/vllm-openai:v0.4" }],
    }),
  },
  {
    guard: "language-models",
    what: "one by its label",
    refused: "may not scale to zero",
    request: model(
      { minReplicas: 0, model: { modelFormat: { name: "triton" } } },
      { labels: { "kubeflow-on-pulumi/language-model": "true" } },
    ),
  },
  {
    guard: "language-models",
    what: "another model that scales to zero",
    request: model({ minReplicas: 0, model: { modelFormat: { name: "sklearn" } } }),
  },

  { guard: "services", what: "a Service", request: service({ selector: { app: "case" } }) },
  {
    guard: "services",
    what: "the address of others",
    refused: "leave out spec.externalIPs",
    request: service({ externalIPs: ["10.96.0.10"] }),
  },

  {
    guard: "profiles-by-settings",
    what: "access management",
    refused: "profiles are made, changed and removed by the settings",
    request: profile(ACCESS_MANAGEMENT),
  },
  { guard: "profiles-by-settings", what: "an operator", request: profile(OPERATORS) },
  {
    guard: "members-by-settings",
    what: "access management",
    refused: "who is a member of this profile is in the settings",
    request: binding(ACCESS_MANAGEMENT, "user-mallory-example-com-clusterrole-edit"),
  },
  {
    guard: "members-by-settings",
    what: "the profile controller",
    request: binding(ACCESS_MANAGEMENT, "default-editor"),
  },
  {
    guard: "members-by-settings",
    what: "an operator",
    request: binding(OPERATORS, "user-mallory-example-com-clusterrole-edit"),
  },
];

/** The request of a case as guards see it. */
export function requestOf({ request }: GuardCase): Request {
  return { operation: "CREATE", user: OPERATORS, namespaceLabels: NAMESPACE_LABELS, ...request };
}
