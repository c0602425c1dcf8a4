import type { KubernetesObject } from "../../kit/objects.ts";
import { urlOf } from "../../kubeflow/services/endpoint.ts";
import { ownStoreOf, STORE_SECRET } from "../object-store/objects.ts";
import type { TenantPlatform } from "../platform.ts";
import type { TenancySettings } from "../settings.ts";
import type { Tenant } from "../tenants.ts";

/** Names inside the cluster, which no proxy is asked for. */
const INSIDE = ["localhost", "127.0.0.1", ".svc", ".svc.cluster.local", ".cluster.local"];

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: object;
}

/**
 * Configurations that the notebook form offers, and that a pod takes by its label. Each has one label of its own, since
 * the form sets the first that a selector names.
 */
export function podDefaults(
  tenant: Tenant,
  platform: TenantPlatform,
  { proxy, caches }: TenancySettings,
): KubernetesObject[] {
  if (!platform.hasPodDefaults) return [];
  const proxied = proxyVariables(proxy);
  const cached = [
    ...variable("PIP_INDEX_URL", caches.pip),
    ...variable("UV_INDEX_URL", caches.pip),
    ...variable("HF_ENDPOINT", caches.huggingFace),
  ];
  return [
    ...(platform.objectStore === undefined
      ? []
      : [podDefault(tenant, "access-ml-pipeline", "Allow access to Kubeflow Pipelines", PIPELINES_TOKEN)]),
    ...storeAccess(tenant, platform),
    ...(proxied.length === 0 ? [] : [podDefault(tenant, "use-proxy", "Proxy to the outside", { env: proxied })]),
    ...(cached.length === 0
      ? []
      : [podDefault(tenant, "use-caches", "Caches of packages and models", { env: cached })]),
  ];
}

/** Where Pipelines keeps what the runs of a profile make, below a prefix of its own. */
export function artifactRoot({ name }: Tenant, { artifacts }: TenantPlatform): KubernetesObject[] {
  if (artifacts === undefined) return [];
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "kfp-launcher", namespace: name },
      data: { defaultPipelineRoot: `${artifacts}/${name}` },
    },
  ];
}

/** What kubeflow.org/docs/components/pipelines has users apply: a token that the API of Pipelines accepts. */
const PIPELINES_TOKEN = {
  env: [{ name: "KF_PIPELINES_SA_TOKEN_PATH", value: "/var/run/secrets/kubeflow/pipelines/token" }],
  volumes: [
    {
      name: "volume-kf-pipeline-token",
      projected: {
        sources: [
          { serviceAccountToken: { path: "token", expirationSeconds: 7200, audience: "pipelines.kubeflow.org" } },
        ],
      },
    },
  ],
  volumeMounts: [
    { name: "volume-kf-pipeline-token", mountPath: "/var/run/secrets/kubeflow/pipelines", readOnly: true },
  ],
};

/** The profile's own object store, or that of the platform. */
function storeAccess(tenant: Tenant, platform: TenantPlatform): KubernetesObject[] {
  const own = ownStoreOf(tenant, platform);
  const url = own === undefined ? platform.objectStore : urlOf(own.endpoint);
  if (url === undefined) return [];
  const region = own === undefined ? [] : [{ name: "AWS_REGION", value: own.endpoint.region }];
  const whose = own === undefined ? "platform" : "profile";
  const env = [...clientOf(url), ...region];
  return [podDefault(tenant, "access-object-store", `Object store of the ${whose}`, { env })];
}

/** The Secret that Pipelines puts into every profile, unless it has keys of its own. */
function clientOf(objectStore: string): Variable[] {
  const secret = (key: string) => ({ secretKeyRef: { name: STORE_SECRET, key } });
  return [
    { name: "AWS_ENDPOINT_URL_S3", value: objectStore },
    { name: "AWS_ACCESS_KEY_ID", valueFrom: secret("accesskey") },
    { name: "AWS_SECRET_ACCESS_KEY", valueFrom: secret("secretkey") },
  ];
}

/** Programs read either case. */
function proxyVariables(proxy: TenancySettings["proxy"]): Variable[] {
  if (proxy === undefined) return [];
  const both = (name: string, value: string | undefined) =>
    [name, name.toLowerCase()].flatMap((it) => variable(it, value));
  return [
    ...both("HTTP_PROXY", proxy.http),
    ...both("HTTPS_PROXY", proxy.https),
    ...both("NO_PROXY", [...INSIDE, ...proxy.except].join(",")),
  ];
}

function variable(name: string, value: string | undefined): Variable[] {
  return value === undefined ? [] : [{ name, value }];
}

function podDefault({ name: namespace }: Tenant, name: string, desc: string, spec: object): KubernetesObject {
  return {
    apiVersion: "kubeflow.org/v1alpha1",
    kind: "PodDefault",
    metadata: { name, namespace },
    spec: { desc, selector: { matchLabels: { [name]: "true" } }, ...spec },
  };
}
