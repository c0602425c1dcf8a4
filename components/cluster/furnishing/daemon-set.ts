import type { KubernetesObject } from "../../kit/objects.ts";

/** Of what belongs to the cluster itself. */
export const NAMESPACE = "kube-system";

/** A DaemonSet of the cluster's own namespace, whose pods go where the nodes go. */
export function daemonSet(
  name: string,
  spec: Readonly<Record<string, unknown>>,
  podAnnotations?: Readonly<Record<string, string>>,
): KubernetesObject {
  const labels = { "app.kubernetes.io/name": name };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name, namespace: NAMESPACE, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: "RollingUpdate" },
      template: {
        metadata: { labels, ...(podAnnotations === undefined ? {} : { annotations: podAnnotations }) },
        spec: { priorityClassName: "system-node-critical", automountServiceAccountToken: false, ...spec },
      },
    },
  };
}

/** Equal requests and limits, so that a node under pressure does not take what keeps it useful. */
export function guaranteed(cpu: string, memory: string) {
  return { requests: { cpu, memory }, limits: { cpu, memory } };
}
