import type { KubernetesObject } from "../../kit/objects.ts";
import { bytesQuantity } from "../../kit/quantities.ts";
import { bytesOf } from "../../kit/units.ts";
import { withRemoval } from "../../kubeflow/removal.ts";
import { configurationOf, HTTP_SECRET } from "./configuration.ts";
import type { RegistrySecrets } from "./secrets.ts";
import { addressOf, type DistributionSettings } from "./settings.ts";

export interface DistributionObjectsArgs {
  /** As `airGap.registry` names it. */
  readonly registry: string;
  readonly settings: DistributionSettings;
  readonly secrets: RegistrySecrets;
}

/** Of every object of the registry. */
const NAME = "registry";

/** Of what it is reached by. */
export const SERVICE = NAME;

const LABELS = { "app.kubernetes.io/name": NAME };
const PORT = 5000;

/** Nobody's in the image, whose own user is root; volumes are given to its group. */
const USER = 65_532;

/** It streams what it is given; what it remembers of blobs is small. */
const MEMORY = "512Mi";

/** What the kubelet keeps of a log is 50 MiB at most, and nothing else is written beside the volume. */
const LOGS = "128Mi";

const SECRETS = { tls: `${NAME}-tls`, accounts: `${NAME}-accounts` } as const;
const FOLDERS = { config: "/etc/registry", tls: "/etc/registry-tls", accounts: "/etc/registry-accounts" } as const;
const CONFIG_FILE = "config.yml";
const ACCOUNTS_FILE = "htpasswd";
const HTTP_KEY = "http";
const STORAGE = "/var/lib/registry";

/** What a load balancer of each cloud reads to have no public address; another cloud's is not looked at. */
const INTERNAL = {
  "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
  "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
  "networking.gke.io/load-balancer-type": "Internal",
  "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
  "service.beta.kubernetes.io/do-loadbalancer-network": "INTERNAL",
} as const;

/** Annotation of the pods: the registry reads its files once. */
const FILES_ANNOTATION = "kubeflow-on-pulumi/registry-files";

/** A registry in a cluster of its own, in the order in which its objects need each other. Pure. */
export function distributionObjects({ registry, settings, secrets }: DistributionObjectsArgs): KubernetesObject[] {
  const { namespace, certificate, key } = settings;
  const config = configurationOf({
    storage: STORAGE,
    certificate: `${FOLDERS.tls}/tls.crt`,
    key: `${FOLDERS.tls}/tls.key`,
    accounts: `${FOLDERS.accounts}/${ACCOUNTS_FILE}`,
    listen: `:${PORT}`,
    readOnly: settings.readOnly,
  });
  const files = secrets.fingerprint(JSON.stringify([config, certificate, key, secrets.accounts, secrets.http]));
  const named = (name: string = NAME) => ({ name, namespace, labels: LABELS });
  return withRemoval([
    namespaceOf(namespace),
    claim(named(), settings),
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: named(SECRETS.tls),
      type: "kubernetes.io/tls",
      stringData: { "tls.crt": certificate, "tls.key": key },
    },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: named(SECRETS.accounts),
      type: "Opaque",
      stringData: { [ACCOUNTS_FILE]: secrets.accounts, [HTTP_KEY]: secrets.http },
    },
    { apiVersion: "v1", kind: "ConfigMap", metadata: named(), data: { [CONFIG_FILE]: config } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: named(), automountServiceAccountToken: false },
    ...networkPolicies(named),
    deployment(named(), settings.image, files),
    service(named(), registry, settings),
  ]);
}

function namespaceOf(name: string): KubernetesObject {
  const level = "pod-security.kubernetes.io";
  const levels = { [`${level}/enforce`]: "restricted", [`${level}/warn`]: "restricted" };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { ...LABELS, ...levels } } };
}

function claim(
  metadata: KubernetesObject["metadata"],
  { storage, storageClass }: DistributionSettings,
): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata,
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: bytesQuantity(bytesOf(storage)) } },
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    },
  };
}

/** Nobody gets in or out, but to the port of the registry. */
function networkPolicies(named: (name?: string) => KubernetesObject["metadata"]): KubernetesObject[] {
  const policy = (name: string, spec: object): KubernetesObject => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: named(name),
    spec,
  });
  return [
    policy("default-deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
    policy(NAME, {
      podSelector: { matchLabels: LABELS },
      policyTypes: ["Ingress"],
      ingress: [{ ports: [{ port: PORT, protocol: "TCP" }] }],
    }),
  ];
}

function deployment(metadata: KubernetesObject["metadata"], image: string, files: string): KubernetesObject {
  // The one path that asks for no sign-in, and says nothing.
  const alive = { httpGet: { path: "/", port: "https", scheme: "HTTPS" } };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      replicas: 1,
      // Two of them may not write to one volume.
      strategy: { type: "Recreate" },
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS, annotations: { [FILES_ANNOTATION]: files } },
        spec: {
          serviceAccountName: NAME,
          automountServiceAccountToken: false,
          // The registry takes every variable that begins as these do (REGISTRY_...) for a setting.
          enableServiceLinks: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: USER,
            runAsGroup: USER,
            fsGroup: USER,
            fsGroupChangePolicy: "OnRootMismatch",
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: NAME,
              image,
              command: ["registry"],
              args: ["serve", `${FOLDERS.config}/${CONFIG_FILE}`],
              env: [
                { name: HTTP_SECRET, valueFrom: { secretKeyRef: { name: SECRETS.accounts, key: HTTP_KEY } } },
                // It would look for a collector on its own machine.
                { name: "OTEL_TRACES_EXPORTER", value: "none" },
              ],
              ports: [{ name: "https", containerPort: PORT }],
              readinessProbe: alive,
              livenessProbe: { ...alive, initialDelaySeconds: 10, failureThreshold: 6 },
              resources: {
                requests: { cpu: "250m", memory: MEMORY, "ephemeral-storage": LOGS },
                limits: { memory: MEMORY, "ephemeral-storage": LOGS },
              },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: [
                { name: "storage", mountPath: STORAGE },
                { name: "config", mountPath: FOLDERS.config, readOnly: true },
                { name: "tls", mountPath: FOLDERS.tls, readOnly: true },
                { name: "accounts", mountPath: FOLDERS.accounts, readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: "storage", persistentVolumeClaim: { claimName: NAME } },
            { name: "config", configMap: { name: NAME } },
            { name: "tls", secret: { secretName: SECRETS.tls } },
            {
              name: "accounts",
              secret: { secretName: SECRETS.accounts, items: [{ key: ACCOUNTS_FILE, path: ACCOUNTS_FILE }] },
            },
          ],
        },
      },
    },
  };
}

/** Reached at the port that the registry's name has, or a client assumes. */
function service(
  metadata: KubernetesObject["metadata"],
  registry: string,
  { service: { type, visibility, annotations, sourceRanges } }: DistributionSettings,
): KubernetesObject {
  const { port } = addressOf(registry);
  const isBalanced = type === "LoadBalancer";
  const all = { ...(isBalanced && visibility === "internal" ? INTERNAL : {}), ...annotations };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...metadata, ...(Object.keys(all).length === 0 ? {} : { annotations: all }) },
    spec: {
      type,
      selector: LABELS,
      ports: [{ name: "https", port, targetPort: "https", ...(isBalanced ? {} : { nodePort: port }) }],
      ...(isBalanced && sourceRanges.length > 0 ? { loadBalancerSourceRanges: sourceRanges } : {}),
    },
  };
}
