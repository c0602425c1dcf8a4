import type { Mutant } from "./mutant.ts";
import { setting } from "./settings.ts";

const PRIVILEGES = "components/kubeflow/releases/1.8.1/privileges/index.ts";
const USERS = "components/kubeflow/releases/1.8.1/users.ts";
const REPLACEMENTS = "components/kubeflow/releases/1.8.1/replacements.ts";
const CONTAINERS = "components/kubeflow/access/containers.ts";
const ROLES = "components/kubeflow/access/roles.ts";
const FORWARDER = "components/kubeflow/auth/issuer-forwarder.ts";
const AUTHSERVICE = "components/kubeflow/auth/authservice.ts";
const CREDENTIALS = "components/kubeflow/credentials/apply.ts";
const GATEWAYS = "components/kubeflow/ingress/gateways.ts";
const LABELS = "components/kubeflow/network/pod-security.ts";
const POLICIES = "components/kubeflow/network/policies.ts";
const RESOURCES = "components/kubeflow/resources/index.ts";
const SIZING = "components/kubeflow/resources/sizing.ts";

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

const podSecurity: readonly Mutant[] = [
  {
    name: "containers may gain privileges",
    edits: [{ file: CONTAINERS, from: "allowPrivilegeEscalation: false", to: "allowPrivilegeEscalation: true" }],
    caught: { rule: "k8s-pss-privilege-escalation", resource: /^Deployment kubeflow\/ml-pipeline$/ },
  },
  {
    name: "containers keep capabilities",
    edits: [{ file: CONTAINERS, from: 'drop: ["ALL"]', to: 'drop: ["NET_RAW"]' }],
    caught: { rule: "k8s-pss-drop-capabilities", resource: /^Deployment kubeflow\/ml-pipeline$/ },
  },
  {
    name: "pods make any system call",
    edits: [{ file: CONTAINERS, from: '{ type: "RuntimeDefault" }', to: '{ type: "Unconfined" }' }],
    caught: { rule: "k8s-pss-baseline", check: "seccompProfile_baseline", resource: /^Deployment kubeflow\/minio$/ },
  },
  {
    name: "pods have no profile of system calls",
    edits: [
      {
        file: CONTAINERS,
        from: "{ seccompProfile: SYSCALLS, ...shipped, ...volumes }",
        to: "{ ...shipped, ...volumes }",
      },
    ],
    caught: { rule: "k8s-pss-seccomp", resource: /^Deployment kubeflow\/minio$/ },
  },
  {
    name: "a container in no table leaves its whole workload unconfined",
    edits: [
      {
        file: CONTAINERS,
        from: "keys.some((key) => key in users)",
        to: "(keys.length > 0 && keys.every((key) => key in users))",
      },
    ],
    caught: { rule: "k8s-pss-drop-capabilities", resource: /^StatefulSet istio-system\/oidc-authservice$/ },
  },
  {
    name: "model servers are left as they are shipped",
    edits: [
      {
        file: "components/kubeflow/access/index.ts",
        from: "withConfinedTemplates(withLeastPrivilege(object, users181))",
        to: "withLeastPrivilege(object, users181)",
      },
    ],
    caught: { rule: "k8s-pss-privilege-escalation", resource: /^ClusterServingRuntime kserve-sklearnserver$/ },
  },
  {
    name: "users of containers are not set",
    edits: [{ file: CONTAINERS, from: "runAsNonRoot: true, ", to: "" }],
    caught: { rule: "k8s-pss-run-as-non-root", check: "runAsNonRoot", resource: /^Deployment kubeflow\/ml-pipeline$/ },
  },
  {
    name: "the pipelines run as root",
    edits: [{ file: USERS, from: "uid: 1000,\n  gid: 0", to: "uid: 0,\n  gid: 0" }],
    caught: { rule: "k8s-pss-run-as-non-root", check: "runAsUser", resource: /^Deployment kubeflow\/ml-pipeline/ },
  },
  {
    name: "a helper container is privileged",
    edits: [{ file: FORWARDER, from: "allowPrivilegeEscalation: false", to: "privileged: true" }],
    caught: { rule: "k8s-pss-baseline", check: "privileged", resource: /oidc-authservice$/ },
  },
  {
    name: "a helper container handles network packets",
    edits: [{ file: FORWARDER, from: 'drop: ["ALL"]', to: 'drop: ["ALL"], add: ["NET_ADMIN"]' }],
    caught: { rule: "k8s-pss-baseline", check: "capabilities_baseline", resource: /oidc-authservice$/ },
  },
  {
    name: "a pod changes its kernel",
    edits: [{ file: AUTHSERVICE, from: "net.ipv4.ip_unprivileged_port_start", to: "kernel.shmmax" }],
    caught: { rule: "k8s-pss-baseline", check: "sysctls", resource: /oidc-authservice$/ },
  },
  {
    name: "a pod mounts a folder of its node",
    edits: [{ file: AUTHSERVICE, from: "secret: { secretName: name, items }", to: 'hostPath: { path: "/etc/ssl" }' }],
    caught: { rule: "k8s-pss-baseline", check: "hostPathVolumes", resource: /oidc-authservice$/ },
  },
  {
    name: "a pod mounts a file server",
    edits: [
      { file: AUTHSERVICE, from: "secret: { secretName: name, items }", to: 'nfs: { server: "files", path: "/" }' },
    ],
    caught: { rule: "k8s-pss-volume-types", resource: /oidc-authservice$/ },
  },
  {
    name: "namespaces take any pod",
    edits: [
      {
        file: LABELS,
        from: 'GUARDED: Levels = { enforce: "baseline"',
        to: 'GUARDED: Levels = { enforce: "privileged"',
      },
    ],
    caught: { rule: "k8s-psa-namespace-labels", resource: /^Namespace auth$/ },
  },
  {
    name: "namespaces of profiles are not labelled",
    edits: [{ file: LABELS, from: "if (profileLabels === undefined) return object;", to: "return object;" }],
    caught: { rule: "k8s-psa-namespace-labels", resource: /^ConfigMap kubeflow\/namespace-labels-data/ },
  },
];

const resources: readonly Mutant[] = [
  {
    name: "no container has a memory limit",
    edits: [{ file: SIZING, from: "limits: { memory: `${size[1]}Mi` },", to: "limits: {} as { memory: string }," }],
    caught: { rule: "k8s-memory-limits", check: "platform", resource: /^Deployment kubeflow\/ml-pipeline$/ },
  },
  {
    name: "trials have no memory limit",
    edits: [
      { file: RESOURCES, from: "drainableBudgets(trials(sized(objects)))", to: "drainableBudgets(sized(objects))" },
    ],
    caught: {
      rule: "k8s-memory-limits",
      check: "limit",
      resource: /^PyTorchJob in ConfigMap kubeflow\/trial-templates$/,
    },
  },
  {
    name: "containers request a tenth of their memory",
    edits: [{ file: SIZING, from: "MEMORY_REQUEST = 0.8", to: "MEMORY_REQUEST = 0.1" }],
    caught: { rule: "k8s-requests", check: "memory", resource: /^Job in ConfigMap kubeflow\/trial-templates$/ },
  },
  {
    name: "budgets that let no pod go",
    edits: [
      {
        file: "components/kubeflow/resources/disruption.ts",
        from: "maxUnavailable: 1 }",
        to: "maxUnavailable: 0 }",
      },
    ],
    caught: { rule: "k8s-availability", check: "budget", resource: /^PodDisruptionBudget/, level: "advisory" },
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
        file: PRIVILEGES,
        from: 'resources: ["secrets", "configmaps", "services"],\n    verbs: ["list", "watch", "create"],',
        to: 'resources: ["*"],\n    verbs: ["list", "watch", "create"],',
      },
    ],
    caught: { rule: "k8s-rbac-wildcards", check: "builtIn", resource: /^ClusterRole kubeflow-metacontroller$/ },
  },
  {
    name: "a web server reads every Secret",
    edits: [
      { file: PRIVILEGES, from: 'resources: ["pods", "pods/log"],', to: 'resources: ["pods", "pods/log", "secrets"],' },
    ],
    caught: { rule: "k8s-rbac-secrets", check: "cluster", resource: /^ClusterRole ml-pipeline-ui$/ },
  },
  {
    name: "a web server runs commands in every pod",
    edits: [{ file: PRIVILEGES, from: 'resources: ["pods", "pods/log"],', to: 'resources: ["pods", "pods/exec"],' }],
    caught: { rule: "k8s-rbac-exec-proxy", check: "exec", resource: /^ClusterRole ml-pipeline-ui$/ },
  },
  {
    name: "the profile controller gives any role",
    edits: [{ file: PRIVILEGES, from: 'names: ["kubeflow-admin", "kubeflow-edit", "kubeflow-view"],', to: "" }],
    caught: { rule: "k8s-rbac-escalation", check: "bind", resource: /^ClusterRole kubeflow-profiles-controller$/ },
  },
  {
    name: "the profile controller gives cluster-admin",
    edits: [{ file: PRIVILEGES, from: 'names: ["kubeflow-admin", ', to: 'names: ["cluster-admin", ' }],
    caught: { rule: "k8s-rbac-escalation", check: "bind", resource: /^ClusterRole kubeflow-profiles-controller$/ },
  },
  {
    name: "the profile controller speaks as any account",
    edits: [
      {
        file: PRIVILEGES,
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
        from: 'valueFrom: { secretKeyRef: { name: "mysql-secret", key: "password" } }',
        to: 'value: "opensesame"',
      },
    ],
    caught: { rule: "k8s-plaintext-credentials", check: "name", resource: /^Deployment kubeflow\/mysql$/ },
  },
  {
    name: "the hash of the administrator's password stays in a ConfigMap",
    edits: [
      { file: CREDENTIALS, from: "return { ...rest, hashFromEnv: HASH_VARIABLE };", to: "return { ...rest, hash };" },
    ],
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
export const kubernetesMutants: readonly Mutant[] = [
  ...settings,
  ...podSecurity,
  ...resources,
  ...rbac,
  ...network,
  ...contents,
  ...storage,
];
