import { type KubernetesObject, labelsAt } from "../../kit/objects.ts";
import type { Inventory } from "./inventory.ts";

const GUARDS = [
  ["EnvoyFilter.networking.istio.io", ["spec", "workloadSelector", "labels"]],
  ["AuthorizationPolicy.security.istio.io", ["spec", "selector", "matchLabels"]],
  ["RequestAuthentication.security.istio.io", ["spec", "selector", "matchLabels"]],
  ["PeerAuthentication.security.istio.io", ["spec", "selector", "matchLabels"]],
] as const;

/**
 * What guards the proxy that a Gateway opens: filters and policies of that proxy's namespace that select it. A listener
 * that opens before its authentication filter is an open door, since the applications trust the user header.
 */
export function guardsOf(gateway: KubernetesObject, inventory: Inventory): readonly KubernetesObject[] {
  const selector = labelsAt(gateway, "spec", "selector");
  const proxies = inventory.workloads.filter(({ labels }) => isWithin(selector, labels));
  return GUARDS.flatMap(([kind, path]) =>
    inventory
      .ofKind(kind)
      .filter((guard) =>
        proxies.some(
          ({ namespace, labels }) =>
            guard.metadata.namespace === namespace && isWithin(labelsAt(guard, ...path), labels),
        ),
      ),
  );
}

function isWithin(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
