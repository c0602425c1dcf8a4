import { groupKind, type KubernetesObject, textAt } from "../../kit/objects.ts";
import { passagesOf } from "./entrances.ts";
import { guardsOf } from "./exposure.ts";
import { type Inventory, inventoryOf } from "./inventory.ts";
import { referencesOf } from "./references.ts";
import { servicesCalledBy } from "./traffic.ts";
import { asks, asksAboutForeignPods, requestFor, requestForPods, webhooksOf } from "./webhooks.ts";
import { replicasOf, workloadOf } from "./workload.ts";

/**
 * - `before`: the dependency must be ready in an earlier wave.
 * - `with`: it may be in the same wave, not a later one: each is ready only when both are there.
 * - `rather-before`: as `before`, unless that would close a circle.
 */
export type Strength = "before" | "with" | "rather-before";

export interface Edge {
  readonly object: KubernetesObject;
  readonly needs: KubernetesObject;
  readonly strength: Strength;
}

/** Kinds whose controllers make namespaces with pods of their own; no rule can tell that from the manifests. */
const MAKES_NAMESPACES = new Set(["Profile.kubeflow.org"]);

/** Everything that one object of the set needs of another, by rules over kinds, references and webhooks. */
export function edgesOf(objects: readonly KubernetesObject[]): Edge[] {
  const inventory = inventoryOf(objects);
  return [
    ...objects.flatMap((object) => edges("before", object, referencesOf(object, inventory))),
    ...webhookEdges(inventory),
    ...loadBalancerEdges(inventory),
    ...inventory.workloads.flatMap((workload) => {
      const backends = servicesCalledBy(workload, inventory).flatMap(inventory.behind);
      return edges(
        "rather-before",
        workload.object,
        backends.map(({ object }) => object),
      );
    }),
    ...inventory.workloads.flatMap((workload) =>
      passagesOf(workload, inventory).flatMap(({ openings, backends }) => [
        ...edges("before", workload.object, openings),
        ...edges("rather-before", workload.object, backends),
      ]),
    ),
    ...inventory
      .ofKind("Gateway.networking.istio.io")
      .flatMap((gateway) => edges("before", gateway, guardsOf(gateway, inventory))),
  ];
}

/** A webhook stands with what answers it, and a gatekeeper before everything that the API server asks it about. */
function webhookEdges(inventory: Inventory): Edge[] {
  return webhooksOf(inventory).flatMap(({ configuration, webhook, service, backends, isGatekeeper }) => {
    const answering = backends.map(({ object }) => object);
    const together = edges("with", configuration, [service, ...answering]);
    if (!isGatekeeper) return together;
    const isAsked = (object: KubernetesObject) => {
      const workload = workloadOf(object);
      return (
        asks(webhook, requestFor(object, inventory)) ||
        (workload !== undefined && asks(webhook, requestForPods(workload, inventory))) ||
        (MAKES_NAMESPACES.has(groupKind(object)) && asksAboutForeignPods(webhook))
      );
    };
    const asked = inventory.objects.filter((object) => !answering.includes(object) && isAsked(object));
    return [...together, ...asked.flatMap((object) => edges("before", object, [configuration, service, ...answering]))];
  });
}

/** A Service of type LoadBalancer is awaited, endpoints included, so it stands with the pods that it sends to. */
function loadBalancerEdges(inventory: Inventory): Edge[] {
  const isAwaited = (service: KubernetesObject) => textAt(service, "spec", "type") === "LoadBalancer";
  return inventory
    .ofKind("Service")
    .filter(isAwaited)
    .flatMap((service) => {
      const behind = inventory.behind(service).filter(({ object }) => replicasOf(object) > 0);
      return edges(
        "with",
        service,
        behind.map(({ object }) => object),
      );
    });
}

function edges(strength: Strength, object: KubernetesObject, needs: readonly KubernetesObject[]): Edge[] {
  return needs.filter((needed) => needed !== object).map((needed) => ({ object, needs: needed, strength }));
}
