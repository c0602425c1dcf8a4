import { NAMESPACE_LABEL } from "./policies.ts";

/** Where the cache on each node of Kubernetes answers, unless it is installed otherwise. */
export const NODE_LOCAL_CACHE = "169.254.20.10/32";

/** Pods of these labels in kube-system resolve names on every cloud, and in what kubeadm, k3s and RKE2 install. */
const RESOLVERS = {
  namespaceSelector: { matchLabels: { [NAMESPACE_LABEL]: "kube-system" } },
  podSelector: { matchExpressions: [{ key: "k8s-app", operator: "In", values: ["kube-dns", "node-local-dns"] }] },
};

/**
 * The rule of a NetworkPolicy by which pods that are let out nowhere else resolve names: from the cluster's resolvers and
 * from `nameServers`, ranges of addresses of resolvers that no selector finds. Open to any address, port 53 would lead
 * out of every isolation.
 */
export function nameResolution(nameServers: readonly string[]): object {
  return {
    to: [RESOLVERS, ...nameServers.map((cidr) => ({ ipBlock: { cidr } }))],
    ports: [
      { port: 53, protocol: "UDP" },
      { port: 53, protocol: "TCP" },
    ],
  };
}
