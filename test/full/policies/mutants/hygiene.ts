import type { Mutant } from "./mutant.ts";

const FURNISHING = "components/cluster/furnishing";
const METRICS = `${FURNISHING}/metrics-server.ts`;
const DAEMON_SET = `${FURNISHING}/daemon-set.ts`;
const KERNEL_MODULES = /^DaemonSet kube-system\/kubeflow-kernel-modules$/;

/** Changes that leave the platform less tidy, which is only advised against. */
export const hygieneMutants: readonly Mutant[] = [
  {
    name: "a container of ours writes to its own file system",
    edits: [
      {
        file: "components/kubeflow/auth/issuer-forwarder.ts",
        from: "readOnlyRootFilesystem: true",
        to: "readOnlyRootFilesystem: false",
      },
    ],
    caught: {
      rule: "hyg-readonly-rootfs",
      resource: /^StatefulSet istio-system\/oidc-authservice$/,
      level: "advisory",
    },
  },
  {
    name: "nobody sees that a program hangs",
    cloud: "digitalocean",
    edits: [{ file: METRICS, from: 'livenessProbe: probe("/livez"),', to: "" }],
    caught: {
      rule: "hyg-probes",
      check: "liveness",
      resource: /^Deployment kube-system\/metrics-server$/,
      level: "advisory",
    },
  },
  {
    name: "a workload has no name that tools know",
    cloud: "gcp",
    edits: [
      {
        file: DAEMON_SET,
        from: 'const labels = { "app.kubernetes.io/name": name };',
        to: "const labels = { app: name };",
      },
    ],
    caught: { rule: "hyg-required-labels", resource: KERNEL_MODULES, level: "advisory" },
  },
  {
    name: "a workload is put where it happens to be",
    cloud: "gcp",
    edits: [{ file: DAEMON_SET, from: 'const NAMESPACE = "kube-system";', to: 'const NAMESPACE = "default";' }],
    caught: {
      rule: "hyg-no-default-namespace",
      resource: /^DaemonSet default\/kubeflow-kernel-modules$/,
      level: "advisory",
    },
  },
  {
    name: "a pod that asks the API server nothing has a token of it",
    cloud: "gcp",
    edits: [{ file: DAEMON_SET, from: "automountServiceAccountToken: false, ", to: "" }],
    caught: {
      rule: "k8s-sa-token-automount",
      check: "defaultAccount",
      resource: KERNEL_MODULES,
      level: "advisory",
    },
  },
  {
    name: "a password is handed on to a program that has no use for it",
    edits: [
      {
        file: "components/kubeflow/credentials/apply.ts",
        from: "...(read === undefined ? [] : [read]),",
        to: '...(read === undefined ? [] : [read, { ...read, name: "BACKUP_PASSWORD" }]),',
      },
    ],
    caught: {
      rule: "hyg-secrets-in-env",
      check: "variable",
      resource: /^Deployment kubeflow\/mysql$/,
      level: "advisory",
    },
  },
];
