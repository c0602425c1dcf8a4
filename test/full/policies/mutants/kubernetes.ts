import type { Mutant } from "./mutant.ts";
import { setting } from "./settings.ts";

const PRIVILEGES = "components/kubeflow/releases/1.8.1/privileges";
const REPLACEMENTS = "components/kubeflow/releases/1.8.1/replacements.ts";
const ROLES = "components/kubeflow/access/roles.ts";
const CREDENTIALS = "components/kubeflow/credentials/apply.ts";
const GATEWAYS = "components/kubeflow/ingress/gateways.ts";
const POLICIES = "components/kubeflow/network/policies.ts";

const settings: readonly Mutant[] = [
  {
    name: "prod without istio-cni",
    edits: [setting("kubeflow:mesh: { cni: false }")],
    caught: { rule: "k8s-psa-namespace-labels", resource: /^Namespace kubeflow$/ },
  },
  {
    name: "a load balancer for everybody",
    edits: [setting("kubeflow:ingress: { service: { type: LoadBalancer } }")],
    caught: { rule: "k8s-service-exposure", resource: /^Service istio-system\/istio-ingressgateway$/ },
  },
  {
    name: "a load balancer for the whole internet, in so many words",
    edits: [setting('kubeflow:ingress: { service: { type: LoadBalancer, sourceRanges: ["0.0.0.0/0"] } }')],
    caught: { rule: "k8s-service-exposure", check: "loadBalancer", resource: /istio-ingressgateway$/ },
  },
];

const rbac: readonly Mutant[] = [
  {
    name: "bindings to cluster-admin stay",
    edits: [{ file: ROLES, from: "if (regrant !== undefined) return regranted(it, regrant);", to: "" }],
    caught: { rule: "k8s-rbac-cluster-admin", resource: /^ClusterRoleBinding profiles-cluster-rolebinding$/ },
  },
  {
    name: "a controller may do everything in the core group",
    edits: [
      {
        file: `${PRIVILEGES}/metacontroller.ts`,
        from: 'resources: ["secrets", "configmaps", "services"],\n    verbs: ["list", "watch", "create"],',
        to: 'resources: ["*"],\n    verbs: ["list", "watch", "create"],',
      },
    ],
    caught: { rule: "k8s-rbac-wildcards", check: "builtIn", resource: /^ClusterRole kubeflow-metacontroller$/ },
  },
  {
    name: "a web server reads every Secret",
    edits: [
      {
        file: `${PRIVILEGES}/pipelines.ts`,
        from: 'resources: ["pods", "pods/log"],',
        to: 'resources: ["pods", "pods/log", "secrets"],',
      },
    ],
    caught: { rule: "k8s-rbac-secrets", check: "cluster", resource: /^ClusterRole ml-pipeline-ui$/ },
  },
  {
    name: "a web server runs commands in every pod",
    edits: [
      {
        file: `${PRIVILEGES}/pipelines.ts`,
        from: 'resources: ["pods", "pods/log"],',
        to: 'resources: ["pods", "pods/exec"],',
      },
    ],
    caught: { rule: "k8s-rbac-exec-proxy", check: "exec", resource: /^ClusterRole ml-pipeline-ui$/ },
  },
  {
    name: "the profile controller gives any role",
    edits: [
      {
        file: `${PRIVILEGES}/profiles.ts`,
        from: 'names: ["kubeflow-admin", "kubeflow-edit", "kubeflow-view"],',
        to: "",
      },
    ],
    caught: { rule: "k8s-rbac-escalation", check: "bind", resource: /^ClusterRole kubeflow-profiles-controller$/ },
  },
  {
    name: "the profile controller gives cluster-admin",
    edits: [{ file: `${PRIVILEGES}/profiles.ts`, from: 'names: ["kubeflow-admin", ', to: 'names: ["cluster-admin", ' }],
    caught: { rule: "k8s-rbac-escalation", check: "bind", resource: /^ClusterRole kubeflow-profiles-controller$/ },
  },
  {
    name: "the profile controller speaks as any account",
    edits: [
      {
        file: `${PRIVILEGES}/profiles.ts`,
        from: 'resources: ["serviceaccounts"],\n    verbs: [...READ, "create", "update"],',
        to: 'resources: ["serviceaccounts"],\n    verbs: [...READ, "create", "update", "impersonate"],',
      },
    ],
    caught: {
      rule: "k8s-rbac-escalation",
      check: "impersonate",
      resource: /^ClusterRole kubeflow-profiles-controller$/,
    },
  },
  {
    name: "a controller's rights are everybody's",
    edits: [
      {
        file: ROLES,
        from: "const binding = { ...object, metadata,",
        to: 'const binding = { ...object, subjects: [{ kind: "Group", name: "system:authenticated" }], metadata,',
      },
    ],
    caught: { rule: "k8s-rbac-broad-subjects", check: "everybody", resource: /kubeflow-profiles-controller$/ },
  },
];

const network: readonly Mutant[] = [
  {
    name: "namespaces admit what nothing forbids",
    edits: [{ file: POLICIES, from: 'policyTypes: ["Ingress"],\n  });', to: 'policyTypes: ["Egress"],\n  });' }],
    caught: { rule: "k8s-networkpolicy-default-deny", resource: /^Namespace kubeflow$/ },
  },
  {
    name: "namespaces admit everything",
    edits: [{ file: POLICIES, from: "podSelector: {},\n", to: "podSelector: {}, ingress: [{}],\n" }],
    caught: { rule: "k8s-networkpolicy-default-deny", resource: /^Namespace auth$/ },
  },
  {
    name: "plain requests are served",
    edits: [{ file: GATEWAYS, from: "httpsRedirect: true", to: "httpsRedirect: false" }],
    caught: { rule: "k8s-ingress-tls", check: "gateway", resource: /^Gateway kubeflow\/kubeflow-gateway$/ },
  },
  {
    name: "broken versions of TLS are taken",
    edits: [{ file: GATEWAYS, from: "TLSV1_2", to: "TLSV1_0" }],
    caught: { rule: "k8s-ingress-tls", check: "oldVersion", resource: /^Gateway kubeflow\/kubeflow-gateway$/ },
  },
  {
    name: "webhooks of pods are asked about every namespace",
    edits: [
      {
        file: "components/kubeflow/repairs/placeholder-ca-bundles.ts",
        from: "const { clientConfig, ...rest } = webhook",
        to: "const { clientConfig, namespaceSelector, objectSelector, ...rest } = webhook",
      },
    ],
    caught: { rule: "k8s-webhook-safety", check: "selector", resource: /WebhookConfiguration/ },
  },
];

const contents: readonly Mutant[] = [
  {
    name: "the password of a database is written into its Deployment",
    edits: [
      {
        file: CREDENTIALS,
        from: "valueFrom: { secretKeyRef: password }",
        to: 'value: "opensesame"',
      },
    ],
    caught: { rule: "k8s-plaintext-credentials", check: "name", resource: /^Deployment kubeflow\/mysql$/ },
  },
  {
    name: "the hash of the administrator's password stays in a ConfigMap",
    edits: [{ file: CREDENTIALS, from: "return { ...rest, hashFromEnv: variable };", to: "return { ...rest, hash };" }],
    caught: { rule: "k8s-plaintext-credentials", check: "form", resource: /^ConfigMap auth\/dex$/ },
  },
  {
    name: "an image is whatever is the latest",
    edits: [{ file: REPLACEMENTS, from: "kfp-api-server:2.4.1", to: "kfp-api-server:latest" }],
    caught: { rule: "k8s-image-pinned", check: "tag", resource: /^Deployment kubeflow\/ml-pipeline$/ },
  },
  {
    name: "an image has no version",
    edits: [{ file: REPLACEMENTS, from: "kfp-api-server:2.4.1", to: "kfp-api-server" }],
    caught: { rule: "k8s-image-pinned", check: "tag", resource: /^Deployment kubeflow\/ml-pipeline$/ },
  },
  {
    name: "an image comes from somebody's registry",
    edits: [{ file: REPLACEMENTS, from: "ghcr.io/kubeflow/kfp-api-server", to: "registry.example.org/kfp-api-server" }],
    caught: {
      ...{ rule: "k8s-image-registry-allowlist", check: "pulled", level: "advisory" },
      resource: /^Deployment kubeflow\/ml-pipeline$/,
    },
  },
  {
    name: "roles are of an API that is gone",
    edits: [{ file: ROLES, from: "`${RBAC}/v1`", to: "`${RBAC}/v1beta1`" }],
    caught: { rule: "k8s-removed-apis", resource: /^ClusterRole kubeflow-metacontroller$/ },
  },
  {
    name: "an image is of a registry that is closed",
    edits: [{ file: REPLACEMENTS, from: "registry.k8s.io/busybox:1.27", to: "k8s.gcr.io/busybox:1.27" }],
    caught: { rule: "hyg-deprecated-registries", resource: /^ConfigMap kubeflow\//, level: "advisory" },
  },
];

const storage: readonly Mutant[] = [
  {
    name: "claims name no class of storage, and none is the default",
    cloud: "digitalocean",
    edits: [
      {
        file: "components/cluster/furnishing/storage-classes.ts",
        from: "...head(name, isDefault),",
        to: "...head(name, false),",
      },
      { file: "components/kubeflow/storage.ts", from: ", storageClassName: storageClass }", to: " }" },
    ],
    caught: { rule: "k8s-storageclass", check: "class", resource: /^PersistentVolumeClaim kubeflow\/mysql-pv-claim$/ },
  },
  {
    name: "every class of storage is the default",
    cloud: "digitalocean",
    edits: [
      {
        file: "components/cluster/furnishing/storage-classes.ts",
        from: "...head(name, isDefault),",
        to: "...head(name, true),",
      },
    ],
    caught: { rule: "k8s-storageclass", check: "oneDefault", resource: /^StorageClass/ },
  },
];

/** Changes that the rules about Kubernetes find. */
export const kubernetesMutants: readonly Mutant[] = [...settings, ...rbac, ...network, ...contents, ...storage];
