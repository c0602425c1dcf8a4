import type { Mutant } from "./mutant.ts";

const USERS = "components/kubeflow/releases/1.8.1/users.ts";
const CONTAINERS = "components/kubeflow/access/containers.ts";
const FORWARDER = "components/kubeflow/auth/issuer-forwarder.ts";
const AUTHSERVICE = "components/kubeflow/auth/authservice.ts";
const LABELS = "components/kubeflow/network/pod-security.ts";
const RESOURCES = "components/kubeflow/resources/index.ts";
const SIZING = "components/kubeflow/resources/sizing.ts";

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
        from: "withConfinedTemplates(withLeastPrivilege(object, users))",
        to: "withLeastPrivilege(object, users)",
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

/** Changes of what pods may do and take. */
export const podMutants: readonly Mutant[] = [...podSecurity, ...resources];
