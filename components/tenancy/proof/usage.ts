import { quantityOf } from "../../kit/quantities.ts";
import type { ContainerSize, StartedPod } from "../../kubeflow/profile-pods.ts";
import { containerDefaults } from "../objects/quota.ts";
import type { LimitSettings } from "../settings.ts";
import type { Started } from "./started.ts";

/** What counts against a quota, as numbers: CPUs, bytes, objects. */
export interface Usage {
  readonly "requests.cpu": number;
  readonly "limits.memory": number;
  readonly pods: number;
  readonly "requests.storage": number;
  readonly persistentvolumeclaims: number;
}

export type Counted = keyof Usage;

/** What one copy of a pod takes of a quota once it is admitted: with its proxy, and with the defaults of the namespace. */
export function usageOf(pod: StartedPod, proxy: Started["proxy"], limits: LimitSettings): Usage {
  const { containers, initContainers } = admitted(pod, proxy, limits);
  const needed = (kind: "requests" | "limits", resource: string) => {
    const amount = (container: ContainerSize) => quantityOf(container.resources?.[kind]?.[resource] ?? "0");
    const together = containers.reduce((sum, container) => sum + amount(container), 0);
    // Init containers run one by one, before the others.
    return Math.max(together, ...initContainers.map(amount));
  };
  const claims = pod.claims ?? [];
  return {
    "requests.cpu": needed("requests", "cpu"),
    "limits.memory": needed("limits", "memory"),
    pods: 1,
    "requests.storage": claims.reduce((sum, claim) => sum + quantityOf(claim), 0),
    persistentvolumeclaims: claims.length,
  };
}

/** The largest memory limit of a pod's containers, in bytes. */
export function largestLimit(pod: StartedPod, proxy: Started["proxy"], limits: LimitSettings): number {
  const { containers, initContainers } = admitted(pod, proxy, limits);
  return Math.max(
    ...[...containers, ...initContainers].map((one) => quantityOf(one.resources?.limits?.["memory"] ?? "0")),
  );
}

/** The containers of a pod as the API server stores them: what the mesh adds, and what the LimitRange fills in. */
function admitted(pod: StartedPod, proxy: Started["proxy"], limits: LimitSettings) {
  const beside = pod.hasSidecar ? [{ name: "istio-proxy", resources: proxy }] : [];
  const filled = (container: ContainerSize) => withDefaults(container, limits);
  return {
    containers: [...pod.containers, ...beside].map(filled),
    initContainers: [...(pod.initContainers ?? []), ...beside].map(filled),
  };
}

function withDefaults({ name, resources = {} }: ContainerSize, limits: LimitSettings): ContainerSize {
  const defaults = containerDefaults(limits);
  return {
    name,
    resources: {
      // A limit without a request is requested whole, before a LimitRange is asked.
      requests: { ...defaults.defaultRequest, ...resources.limits, ...resources.requests },
      limits: { ...defaults.default, ...resources.limits },
    },
  };
}
