import type { V1Container, V1Pod, V1ResourceRequirements, V1SecurityContext, V1Volume } from "@kubernetes/client-node";

/**
 * As much of the `values` of the ConfigMap `istio-sidecar-injector` as its template uses for what can be seen from
 * outside a container.
 */
export interface InjectorValues {
  readonly global: {
    readonly hub: string;
    readonly tag: string;
    readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never" | "";
    readonly jwtPolicy?: string;
    readonly proxy: {
      readonly image: string;
      readonly privileged?: boolean;
      readonly resources?: V1ResourceRequirements;
      readonly holdApplicationUntilProxyStarts?: boolean;
      readonly readinessInitialDelaySeconds?: number;
      readonly readinessPeriodSeconds?: number;
      readonly readinessFailureThreshold?: number;
    };
    readonly proxy_init: { readonly image: string };
    readonly sds?: { readonly token?: { readonly aud?: string } };
  };
  readonly istio_cni?: { readonly enabled?: boolean };
}

export interface InjectorConfig {
  readonly policy: "enabled" | "disabled";
  readonly values: InjectorValues;
}

const PREFIX = "sidecar.istio.io";
const IGNORED_NAMESPACES = ["kube-system", "kube-public", "kube-node-lease", "local-path-storage"];
const YES = ["y", "yes", "true", "on"];
const PROXY_USER = 1337;

/**
 * Whether Istio injects into a pod that reached its webhook: the label decides before the annotation, the policy
 * last.
 */
export function wantsSidecar(pod: V1Pod, namespace: string, config: InjectorConfig): boolean {
  if (pod.spec?.hostNetwork === true || IGNORED_NAMESPACES.includes(namespace)) return false;
  const inject = pod.metadata?.labels?.[`${PREFIX}/inject`] ?? pod.metadata?.annotations?.[`${PREFIX}/inject`] ?? "";
  return inject === "" ? config.policy === "enabled" : YES.includes(inject.toLowerCase());
}

/**
 * The pod with istio-init (istio-validation where the CNI plug-in does its work) and istio-proxy.
 *
 * Images, resources, security contexts, volumes, labels and the order of containers are those of the template of
 * Istio 1.17; arguments, environment and rewritten probes are left out, for nothing here runs them.
 */
export function withSidecar(pod: V1Pod, { values }: InjectorConfig): V1Pod {
  const { spec, metadata } = pod;
  if (spec === undefined) return pod;
  const usesCni = values.istio_cni?.enabled === true;
  const declared = spec.containers.find(({ name }) => name === "istio-proxy");
  const others = spec.containers.filter(({ name }) => name !== "istio-proxy");
  const proxy = overlay(proxyContainer(pod, values), declared);
  const init = initContainer(pod, values, usesCni);
  const inits = (spec.initContainers ?? []).filter(({ name }) => name !== init.name);
  return {
    ...pod,
    metadata: {
      ...metadata,
      labels: { ...meshLabels(pod), ...metadata?.labels },
      annotations: {
        ...metadata?.annotations,
        ...defaultContainer(pod, others[0]?.name),
        ...(usesCni ? { [`${PREFIX}/interceptionMode`]: "REDIRECT" } : {}),
        [`${PREFIX}/status`]: JSON.stringify({ initContainers: [init.name], containers: ["istio-proxy"] }),
      },
    },
    spec: {
      ...spec,
      // What checks that the rules are there must be first; what redirects traffic must be last.
      initContainers: usesCni ? [init, ...inits] : [...inits, init],
      containers:
        values.global.proxy.holdApplicationUntilProxyStarts === true ? [proxy, ...others] : [...others, proxy],
      volumes: [...(spec.volumes ?? []), ...volumes(values).filter(isMissingIn(spec.volumes ?? []))],
    },
  };
}

function proxyContainer(pod: V1Pod, values: InjectorValues): V1Container {
  const { proxy } = values.global;
  return {
    name: "istio-proxy",
    image: image(pod, values, proxy.image),
    ...pullPolicy(values),
    args: ["proxy", "sidecar"],
    ports: [{ containerPort: 15090, name: "http-envoy-prom", protocol: "TCP" }],
    readinessProbe: {
      httpGet: { path: "/healthz/ready", port: 15021 },
      initialDelaySeconds: proxy.readinessInitialDelaySeconds ?? 1,
      periodSeconds: proxy.readinessPeriodSeconds ?? 2,
      timeoutSeconds: 3,
      failureThreshold: proxy.readinessFailureThreshold ?? 30,
    },
    resources: resources(pod, values),
    securityContext: {
      ...unprivileged(values),
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsGroup: PROXY_USER,
      runAsNonRoot: true,
      runAsUser: PROXY_USER,
    },
    volumeMounts: [
      { name: "workload-socket", mountPath: "/var/run/secrets/workload-spiffe-uds" },
      { name: "credential-socket", mountPath: "/var/run/secrets/credential-uds" },
      { name: "workload-certs", mountPath: "/var/run/secrets/workload-spiffe-credentials" },
      { name: "istiod-ca-cert", mountPath: "/var/run/secrets/istio" },
      { name: "istio-data", mountPath: "/var/lib/istio/data" },
      { name: "istio-envoy", mountPath: "/etc/istio/proxy" },
      ...(usesTokens(values) ? [{ name: "istio-token", mountPath: "/var/run/secrets/tokens" }] : []),
      { name: "istio-podinfo", mountPath: "/etc/istio/pod" },
    ],
  };
}

function initContainer(pod: V1Pod, values: InjectorValues, usesCni: boolean): V1Container {
  return {
    name: usesCni ? "istio-validation" : "istio-init",
    image: image(pod, values, values.global.proxy_init.image),
    ...pullPolicy(values),
    args: ["istio-iptables", ...(usesCni ? ["--run-validation", "--skip-rule-apply"] : [])],
    resources: resources(pod, values),
    securityContext: { ...unprivileged(values), ...(usesCni ? VALIDATION_CONTEXT : INIT_CONTEXT) },
  };
}

const INIT_CONTEXT: V1SecurityContext = {
  capabilities: { add: ["NET_ADMIN", "NET_RAW"], drop: ["ALL"] },
  readOnlyRootFilesystem: false,
  runAsGroup: 0,
  runAsNonRoot: false,
  runAsUser: 0,
};

const VALIDATION_CONTEXT: V1SecurityContext = {
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
  runAsGroup: PROXY_USER,
  runAsNonRoot: true,
  runAsUser: PROXY_USER,
};

function unprivileged({ global }: InjectorValues): V1SecurityContext {
  const privileged = global.proxy.privileged ?? false;
  return { allowPrivilegeEscalation: privileged, privileged };
}

function image(pod: V1Pod, { global }: InjectorValues, configured: string): string {
  const name = pod.metadata?.annotations?.[`${PREFIX}/proxyImage`] ?? configured;
  return name.includes("/") ? name : `${global.hub}/${name}:${global.tag}`;
}

function pullPolicy({ global }: InjectorValues): Pick<V1Container, "imagePullPolicy"> {
  return global.imagePullPolicy === undefined || global.imagePullPolicy === ""
    ? {}
    : { imagePullPolicy: global.imagePullPolicy };
}

/** Any of the four annotations replaces the configured resources altogether. */
function resources(pod: V1Pod, { global }: InjectorValues): V1ResourceRequirements {
  const annotations = pod.metadata?.annotations ?? {};
  const requests = quantities(annotations[`${PREFIX}/proxyCPU`], annotations[`${PREFIX}/proxyMemory`]);
  const limits = quantities(annotations[`${PREFIX}/proxyCPULimit`], annotations[`${PREFIX}/proxyMemoryLimit`]);
  if (requests === undefined && limits === undefined) return global.proxy.resources ?? {};
  return { ...(requests && { requests }), ...(limits && { limits }) };
}

function quantities(cpu: string | undefined, memory: string | undefined): Record<string, string> | undefined {
  if (cpu === undefined && memory === undefined) return undefined;
  return { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
}

function usesTokens({ global }: InjectorValues): boolean {
  return (global.jwtPolicy ?? "third-party-jwt") === "third-party-jwt";
}

function volumes(values: InjectorValues): V1Volume[] {
  const audience = values.global.sds?.token?.aud ?? "istio-ca";
  const token = { path: "istio-token", expirationSeconds: 43200, audience };
  return [
    { name: "workload-socket", emptyDir: {} },
    { name: "credential-socket", emptyDir: {} },
    { name: "workload-certs", emptyDir: {} },
    { name: "istio-envoy", emptyDir: { medium: "Memory" } },
    { name: "istio-data", emptyDir: {} },
    {
      name: "istio-podinfo",
      downwardAPI: {
        items: ["labels", "annotations"].map((path) => ({ path, fieldRef: { fieldPath: `metadata.${path}` } })),
      },
    },
    ...(usesTokens(values) ? [{ name: "istio-token", projected: { sources: [{ serviceAccountToken: token }] } }] : []),
    { name: "istiod-ca-cert", configMap: { name: "istio-ca-root-cert" } },
  ];
}

function meshLabels(pod: V1Pod): Record<string, string> {
  const labels = pod.metadata?.labels ?? {};
  return {
    "security.istio.io/tlsMode": "istio",
    "service.istio.io/canonical-name": labels["app.kubernetes.io/name"] ?? labels["app"] ?? workloadName(pod),
    "service.istio.io/canonical-revision": labels["app.kubernetes.io/version"] ?? labels["version"] ?? "latest",
  };
}

/** The Deployment of a pod that a ReplicaSet made, else the controller's own name, cut to the length of a label. */
function workloadName(pod: V1Pod): string {
  const owner = pod.metadata?.ownerReferences?.find(({ controller }) => controller === true);
  const hash = pod.metadata?.labels?.["pod-template-hash"];
  const name = owner?.name ?? pod.metadata?.name ?? pod.metadata?.generateName?.replace(/-$/, "") ?? "";
  const workload = owner?.kind === "ReplicaSet" && hash !== undefined ? name.replace(`-${hash}`, "") : name;
  return workload.slice(0, 63).replace(/[^a-zA-Z0-9]+$/, "");
}

function defaultContainer(pod: V1Pod, first: string | undefined): Record<string, string> {
  if (first === undefined) return {};
  const keys = ["kubectl.kubernetes.io/default-logs-container", "kubectl.kubernetes.io/default-container"];
  return Object.fromEntries(keys.map((key) => [key, pod.metadata?.annotations?.[key] ?? first]));
}

/** What the pod itself says of the container wins; the image `auto` asks for the injector's. */
function overlay(injected: V1Container, declared: V1Container | undefined): V1Container {
  if (declared === undefined) return injected;
  const image = declared.image === undefined || declared.image === "auto" ? injected.image : declared.image;
  return {
    ...injected,
    ...declared,
    ...(image === undefined ? {} : { image }),
    volumeMounts: [
      ...(declared.volumeMounts ?? []),
      ...(injected.volumeMounts ?? []).filter(isMissingIn(declared.volumeMounts ?? [])),
    ],
  };
}

function isMissingIn(present: readonly { readonly name: string }[]): (item: { readonly name: string }) => boolean {
  const names = new Set(present.map(({ name }) => name));
  return ({ name }) => !names.has(name);
}
