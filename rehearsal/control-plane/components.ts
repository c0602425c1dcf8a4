import { dump } from "js-yaml";

/** The programs of a control plane, in the order in which they start. */
export const COMPONENTS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"] as const;
export type Component = (typeof COMPONENTS)[number];

/** Absolute paths. */
export type Binaries = Readonly<Record<Component, string>>;

/**
 * Files of a control plane's directory, which is the working directory of every component: relative on purpose, for
 * the path of a socket may have no more than about 100 characters.
 */
export const FILES = {
  authority: "pki/ca.crt",
  authorityKey: "pki/ca.key",
  serving: "pki/apiserver.crt",
  servingKey: "pki/apiserver.key",
  tokenKey: "pki/tokens.key",
  tokenPublicKey: "pki/tokens.pub",
  egress: "egress.yaml",
  scheduler: "scheduler.yaml",
  kwok: "kwok.yaml",
  kubeconfig: "kubeconfig",
  proxySocket: "webhooks.sock",
} as const;

export function kubeconfigFile(component: Component): string {
  return `pki/${component}.kubeconfig`;
}

/** A name etcd insists on being `host:port`, and so is the socket's file. */
const ETCD = "unix://etcd.sock:0";
const ETCD_PEERS = "unix://etcd-peers.sock:0";

/**
 * Requests a second a client may send: far above what an install needs, which a throwaway cluster has no reason to
 * slow down.
 */
const QPS = 1000;

/** Controllers for what a rehearsal does not have: clouds, attachable disks, certificate requests of kubelets. */
const DISABLED_CONTROLLERS = [
  "certificatesigningrequest-approving-controller",
  "certificatesigningrequest-cleaner-controller",
  "certificatesigningrequest-signing-controller",
  "cloud-node-lifecycle-controller",
  "legacy-serviceaccount-token-cleaner-controller",
  "node-ipam-controller",
  "node-route-controller",
  "persistentvolume-attach-detach-controller",
  "service-lb-controller",
  "ttl-controller",
];

/** The arguments of a component. `port` is where the API server listens, on the loopback address only. */
export function argumentsOf(component: Component, port: number): string[] {
  switch (component) {
    case "etcd":
      return flags({
        "data-dir": "etcd",
        "listen-client-urls": ETCD,
        "advertise-client-urls": ETCD,
        "listen-peer-urls": ETCD_PEERS,
        "initial-advertise-peer-urls": ETCD_PEERS,
        "initial-cluster": `default=${ETCD_PEERS}`,
        "unsafe-no-fsync": "true",
        "log-level": "warn",
      });
    case "kube-apiserver":
      return flags({
        "bind-address": "127.0.0.1",
        "secure-port": String(port),
        // The endpoints of the Service `kubernetes` may not be loopback addresses, so none are written.
        "advertise-address": "127.0.0.1",
        "endpoint-reconciler-type": "none",
        "etcd-servers": ETCD,
        "egress-selector-config-file": FILES.egress,
        "tls-cert-file": FILES.serving,
        "tls-private-key-file": FILES.servingKey,
        "client-ca-file": FILES.authority,
        "service-account-key-file": FILES.tokenPublicKey,
        "service-account-signing-key-file": FILES.tokenKey,
        "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
        "service-cluster-ip-range": "10.96.0.0/16",
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",
        "allow-privileged": "true",
        // One user on one machine: nothing to be fair about.
        "enable-priority-and-fairness": "false",
        "max-requests-inflight": "0",
        "max-mutating-requests-inflight": "0",
        profiling: "false",
      });
    case "kube-controller-manager":
      return flags({
        kubeconfig: kubeconfigFile(component),
        "secure-port": "0",
        "leader-elect": "false",
        "root-ca-file": FILES.authority,
        "service-account-private-key-file": FILES.tokenKey,
        controllers: ["*", ...DISABLED_CONTROLLERS.map((name) => `-${name}`)].join(","),
        "kube-api-qps": String(QPS),
        "kube-api-burst": String(2 * QPS),
        "concurrent-deployment-syncs": "20",
        "concurrent-replicaset-syncs": "20",
        "concurrent-statefulset-syncs": "10",
        "concurrent-endpoint-syncs": "10",
        "concurrent-service-endpoint-syncs": "10",
        "concurrent-serviceaccount-token-syncs": "10",
        "concurrent-namespace-syncs": "20",
        profiling: "false",
      });
    case "kube-scheduler":
      return flags({ config: FILES.scheduler, "secure-port": "0", profiling: "false" });
    case "kwok":
      return flags({
        config: FILES.kwok,
        kubeconfig: kubeconfigFile(component),
        "manage-all-nodes": "true",
        "node-lease-duration-seconds": "40",
        cidr: "10.244.0.1/16",
      });
  }
}

/** The environment of every component: nothing of the user's, in particular no proxy. */
export function environmentIn(directory: string): Record<string, string> {
  return { HOME: directory };
}

/** Configuration files besides certificates and kubeconfigs: path to content. */
export function configurationFiles(): Record<string, string> {
  return {
    // Every call to a webhook goes to the stand-ins. etcd is not named: naming it would make its socket a TCP address.
    [FILES.egress]: dump({
      apiVersion: "apiserver.k8s.io/v1beta1",
      kind: "EgressSelectorConfiguration",
      egressSelections: [
        {
          name: "cluster",
          connection: { proxyProtocol: "HTTPConnect", transport: { uds: { udsName: FILES.proxySocket } } },
        },
        { name: "controlplane", connection: { proxyProtocol: "Direct" } },
      ],
    }),
    [FILES.scheduler]: dump({
      apiVersion: "kubescheduler.config.k8s.io/v1",
      kind: "KubeSchedulerConfiguration",
      clientConnection: { kubeconfig: kubeconfigFile("kube-scheduler"), qps: QPS, burst: 2 * QPS },
      leaderElection: { leaderElect: false },
      podInitialBackoffSeconds: 1,
      podMaxBackoffSeconds: 2,
    }),
    // The built-in stages serve: nodes and pods become Ready at once, Jobs complete, deleted pods go.
    [FILES.kwok]: dump({ apiVersion: "config.kwok.x-k8s.io/v1alpha1", kind: "KwokConfiguration", options: {} }),
  };
}

function flags(values: Record<string, string>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
