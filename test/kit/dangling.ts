import { at, groupKind, type KubernetesObject, listAt, objectId, textAt } from "../../components/kit/objects.ts";
import { serviceAt } from "../../components/kubeflow/network/services.ts";
import { type Inventory, inventoryOf } from "../../components/kubeflow/order/inventory.ts";
import { referencesOf } from "../../components/kubeflow/order/references.ts";
import { servicesCalledBy } from "../../components/kubeflow/order/traffic.ts";
import { webhooksOf } from "../../components/kubeflow/order/webhooks.ts";
import { serviceAccountOf, workloadOf } from "../../components/kubeflow/order/workload.ts";

/** Read as calls, and none: the database's driver has the name of its Service. */
const NO_REFERENCES: ReadonlySet<string> = new Set(
  ["cache-server", "katib-db-manager", "ml-pipeline"].map(
    (name) => `Deployment.apps kubeflow/${name} -> Service kubeflow/mysql`,
  ),
);

/**
 * What objects of `present` refer to that is there in `whole` only: `<object> -> <what is missing>`, sorted. Nothing,
 * where a part of the platform was left out with all that leads to it.
 */
export function danglingIn(present: readonly KubernetesObject[], whole: readonly KubernetesObject[]): string[] {
  const ids = new Set(present.map(objectId));
  const inventory = inventoryOf(whole);
  const left = inventoryOf(present);
  const missing = present.flatMap((object) =>
    mentionsOf(object, inventory)
      .filter((mentioned) => !ids.has(objectId(mentioned)))
      .map((mentioned) => `${objectId(object)} -> ${objectId(mentioned)}`),
  );
  const found = new Set([...missing, ...idleSelectors(present, left, inventory)]);
  return [...found.difference(NO_REFERENCES)].toSorted();
}

function mentionsOf(object: KubernetesObject, inventory: Inventory): readonly KubernetesObject[] {
  const workload = workloadOf(object);
  const account = workload && inventory.find("ServiceAccount", workload.namespace, serviceAccountOf(workload));
  return [
    ...(isAggregating(object) ? [] : referencesOf(object, inventory)),
    ...(workload === undefined ? [] : servicesCalledBy(workload, inventory)),
    ...(account === undefined ? [] : [account]),
    ...subjectsOf(object, inventory),
    ...routesOf(object, inventory),
    ...webhooksOf(inventory).flatMap(({ configuration, service }) =>
      objectId(configuration) === objectId(object) ? [service] : [],
    ),
  ];
}

/** An aggregating role asks for whatever bears its label, and for nothing by name. */
function isAggregating(object: KubernetesObject): boolean {
  return at(object, "aggregationRule") !== undefined;
}

function subjectsOf(object: KubernetesObject, inventory: Inventory): KubernetesObject[] {
  return listAt(object, "subjects").flatMap((subject) => {
    if (textAt(subject, "kind") !== "ServiceAccount") return [];
    const namespace = textAt(subject, "namespace") ?? object.metadata.namespace;
    return inventory.find("ServiceAccount", namespace, textAt(subject, "name") ?? "") ?? [];
  });
}

/** Services that an Istio object leads to, and the Gateways that it is bound to. */
function routesOf(object: KubernetesObject, inventory: Inventory): KubernetesObject[] {
  const namespace = object.metadata.namespace ?? "default";
  const kind = groupKind(object);
  if (kind !== "VirtualService.networking.istio.io" && kind !== "DestinationRule.networking.istio.io") return [];
  const hosts = [...JSON.stringify(object["spec"]).matchAll(/"host":"([^"]+)"/g)].map(([, host = ""]) => host);
  const gateways = listAt(object, "spec", "gateways").flatMap((gateway) => {
    const [name = "", own = namespace] = String(gateway).split("/").reverse();
    return inventory.find("Gateway.networking.istio.io", own, name) ?? [];
  });
  return [...hosts.flatMap((host) => serviceAt(host, namespace, inventory) ?? []), ...gateways];
}

/** Services that sent to pods of the whole and that send to none any more. */
function idleSelectors(present: readonly KubernetesObject[], left: Inventory, whole: Inventory): string[] {
  return present
    .filter((object) => groupKind(object) === "Service")
    .filter((service) => left.behind(service).length === 0 && whole.behind(service).length > 0)
    .map((service) => `${objectId(service)} -> its pods`);
}
