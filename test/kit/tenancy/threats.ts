import {
  AppsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  type KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
} from "@kubernetes/client-node";
import type { KubernetesObject } from "../../../components/kit/objects.ts";
import type { Role } from "../../../components/tenancy/settings.ts";
import { reasonOf, refusalOf } from "./impersonation.ts";

/** Where somebody tries something. */
export interface Scene {
  /** The API server as they see it. */
  readonly config: KubeConfig;
  /** A profile that they work in. */
  readonly own: string;
  /** One that they do not. */
  readonly other: string;
}

export interface Threat {
  /** As docs/tenancy.md lists it. */
  readonly what: string;
  /** What refuses it, as docs/tenancy.md names it: words of the API server's answer. */
  readonly refusedBy: Readonly<Partial<Record<Role, RegExp>>> & { readonly default: RegExp };
  readonly attempt: (scene: Scene) => Promise<string | undefined>;
}

const RBAC = /is forbidden: User ".*" cannot|cannot be impersonated/;

type Fields = Readonly<Record<string, unknown>>;

function podIn(namespace: string, spec: Fields = {}, container: Fields = {}, labels = {}): KubernetesObject {
  const main = { name: "main", image: "example.com/tool:1", resources: { limits: { memory: "64Mi" } }, ...container };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "threat", namespace, labels },
    spec: { containers: [main], ...spec },
  };
}

const creating = (object: (own: string) => KubernetesObject) => (scene: Scene) =>
  refusalOf(scene.config, object(scene.own));

/** Refused to editors by a guard, and to viewers because they start no pods. */
const guarded = (guard: string) => ({ default: new RegExp(`'kubeflow-${guard}'`), view: RBAC });

const patching = (config: KubeConfig, object: KubernetesObject) =>
  reasonOf(() =>
    KubernetesObjectApi.makeApiClient(config).patch(
      object,
      undefined,
      "All",
      "threat",
      undefined,
      PatchStrategy.MergePatch,
    ),
  );

const mayDo = async (config: KubeConfig, attributes: Fields): Promise<string | undefined> => {
  const { status } = await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({
    body: { spec: { resourceAttributes: attributes } },
  });
  return status?.allowed === true ? undefined : 'is forbidden: User "" cannot';
};

const ISTIO = "networking.istio.io/v1beta1";

export const threats: readonly Threat[] = [
  {
    what: "read another profile's Secrets",
    refusedBy: { default: RBAC },
    attempt: ({ config, other }) =>
      reasonOf(() => config.makeApiClient(CoreV1Api).listNamespacedSecret({ namespace: other })),
  },
  {
    what: "read another profile's pods",
    refusedBy: { default: RBAC },
    attempt: ({ config, other }) =>
      reasonOf(() => config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: other })),
  },
  {
    what: "delete another profile's workloads",
    refusedBy: { default: RBAC },
    attempt: ({ config, other }) =>
      reasonOf(() =>
        config.makeApiClient(AppsV1Api).deleteCollectionNamespacedStatefulSet({ namespace: other, dryRun: "All" }),
      ),
  },
  {
    what: "create a RoleBinding",
    refusedBy: { default: RBAC },
    attempt: creating((namespace) => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "threat", namespace },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "kubeflow-view" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "mallory@example.com" }],
    })),
  },
  {
    what: "label the namespace",
    refusedBy: { default: RBAC },
    attempt: ({ config, own }) =>
      patching(config, {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: own, labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
      }),
  },
  {
    what: "edit the quota",
    refusedBy: { default: RBAC },
    attempt: ({ config, own }) =>
      patching(config, {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "profile", namespace: own },
        spec: { hard: { pods: "1000" } },
      }),
  },
  {
    what: "edit the default limits",
    refusedBy: { default: RBAC },
    attempt: ({ config, own }) =>
      patching(config, {
        apiVersion: "v1",
        kind: "LimitRange",
        metadata: { name: "profile", namespace: own },
        spec: { limits: [] },
      }),
  },
  {
    what: "open the network with a policy of one's own",
    refusedBy: { default: RBAC },
    attempt: creating((namespace) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "threat", namespace },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], ingress: [{}], egress: [{}] },
    })),
  },
  {
    what: "admit others through the mesh",
    refusedBy: { default: RBAC },
    attempt: creating((namespace) => ({
      apiVersion: "security.istio.io/v1beta1",
      kind: "AuthorizationPolicy",
      metadata: { name: "threat", namespace },
      spec: { rules: [{}] },
    })),
  },
  {
    what: "take the traffic of the gateway or of others' sidecars",
    refusedBy: { default: RBAC },
    attempt: creating((namespace) => ({
      apiVersion: ISTIO,
      kind: "VirtualService",
      metadata: { name: "threat", namespace },
      spec: {
        hosts: ["*"],
        gateways: ["kubeflow/kubeflow-gateway", "mesh"],
        http: [{ route: [{ destination: { host: "threat" } }] }],
      },
    })),
  },
  {
    what: "lead a Service to an address of others",
    refusedBy: { default: RBAC },
    attempt: creating((namespace) => ({
      apiVersion: "v1",
      kind: "Endpoints",
      metadata: { name: "threat", namespace },
      subsets: [{ addresses: [{ ip: "10.0.0.10" }], ports: [{ port: 443 }] }],
    })),
  },
  {
    what: "take over an address by a Service",
    refusedBy: guarded("services"),
    attempt: creating((namespace) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "threat", namespace },
      spec: { ports: [{ port: 443 }], externalIPs: ["10.96.0.1"] },
    })),
  },
  {
    what: "open a load balancer past the gateway",
    refusedBy: { default: /exceeded quota: profile/, view: RBAC },
    attempt: creating((namespace) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "threat", namespace },
      spec: { type: "LoadBalancer", ports: [{ port: 443 }] },
    })),
  },
  {
    what: "mount a directory of the node",
    refusedBy: guarded("isolation"),
    attempt: creating((own) => podIn(own, { volumes: [{ name: "root", hostPath: { path: "/" } }] })),
  },
  {
    what: "run a privileged container",
    refusedBy: guarded("isolation"),
    attempt: creating((own) => podIn(own, {}, { securityContext: { privileged: true } })),
  },
  {
    what: "use the network of the node",
    refusedBy: guarded("isolation"),
    attempt: creating((own) => podIn(own, { hostNetwork: true })),
  },
  {
    what: "choose a node past the scheduler",
    refusedBy: guarded("isolation"),
    attempt: creating((own) => podIn(own, { nodeName: "v100-1" })),
  },
  {
    what: "select another profile's GPU pool",
    refusedBy: guarded("gpus"),
    attempt: creating((own) =>
      podIn(own, {
        nodeSelector: { "kubeflow-on-pulumi/pool": own === "vision" ? "v100" : "a100" },
        tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
      }),
    ),
  },
  {
    what: "take more GPUs than granted",
    refusedBy: { default: /exceeded quota: profile|'kubeflow-gpus'/, view: RBAC },
    attempt: creating((own) =>
      podIn(
        own,
        {
          nodeSelector: { "kubeflow-on-pulumi/pool": own === "vision" ? "a100" : "v100" },
          tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
        },
        { resources: { limits: { memory: "64Mi", "nvidia.com/gpu": "3" } } },
      ),
    ),
  },
  {
    what: "execute in a pod of the platform",
    refusedBy: { default: RBAC },
    attempt: ({ config }) =>
      reasonOf(() =>
        config
          .makeApiClient(CoreV1Api)
          .connectPostNamespacedPodExec({ name: "metacontroller-0", namespace: "kubeflow", command: "sh" }),
      ),
  },
  {
    what: "read the platform's Secrets",
    refusedBy: { default: RBAC },
    attempt: ({ config }) =>
      reasonOf(() =>
        config.makeApiClient(CoreV1Api).readNamespacedSecret({ name: "mysql-secret", namespace: "kubeflow" }),
      ),
  },
  {
    what: "create a Profile",
    refusedBy: { default: RBAC },
    attempt: ({ config }) =>
      refusalOf(config, {
        apiVersion: "kubeflow.org/v1",
        kind: "Profile",
        metadata: { name: "threat" },
        spec: { owner: { kind: "User", name: "mallory@example.com" } },
      }),
  },
  ...(["users", "groups"] as const).map((resource) => ({
    what: `impersonate ${resource}`,
    refusedBy: { default: RBAC },
    attempt: ({ config }: Scene) => mayDo(config, { verb: "impersonate", resource, name: "system:masters" }),
  })),
  {
    what: "impersonate the account of a namespace",
    refusedBy: { default: RBAC },
    attempt: ({ config, own }) =>
      mayDo(config, { verb: "impersonate", resource: "serviceaccounts", name: "default-editor", namespace: own }),
  },
  {
    what: "get a token of an account of the platform",
    refusedBy: { default: RBAC },
    attempt: ({ config }) =>
      reasonOf(() =>
        config.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({
          name: "profiles-controller-service-account",
          namespace: "kubeflow",
          body: { spec: { audiences: [] } },
        }),
      ),
  },
];

/** What only viewers are refused: they look, and start nothing. */
export const threatsOfViewers: readonly Threat[] = [
  {
    what: "have a Viewer start pods",
    refusedBy: { default: RBAC },
    attempt: creating((namespace) => ({
      apiVersion: "kubeflow.org/v1beta1",
      kind: "Viewer",
      metadata: { name: "threat", namespace },
      spec: { type: "tensorboard" },
    })),
  },
  {
    what: "read the Secrets of the profile",
    refusedBy: { default: RBAC },
    attempt: ({ config, own }) =>
      reasonOf(() => config.makeApiClient(CoreV1Api).listNamespacedSecret({ namespace: own })),
  },
];
