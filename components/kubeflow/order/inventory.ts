import { groupKind, groupOf, idOf, type KubernetesObject, labelsAt, textAt } from "../../kit/objects.ts";
import { selects, type Workload, workloadOf } from "./workload.ts";

/** A set of objects, indexed by what the rules of the order ask for. */
export interface Inventory {
  readonly objects: readonly KubernetesObject[];
  readonly workloads: readonly Workload[];
  /** By kind with group, namespace (undefined for cluster-scoped) and name. */
  readonly find: (kind: string, namespace: string | undefined, name: string) => KubernetesObject | undefined;
  readonly ofKind: (kind: string) => readonly KubernetesObject[];
  /** The CustomResourceDefinition of an object's kind. */
  readonly definitionOf: (object: KubernetesObject) => KubernetesObject | undefined;
  /** Labels of a namespace of the set; the API server adds the name to every namespace. */
  readonly namespaceLabels: (namespace: string) => Readonly<Record<string, string>>;
  /** The workloads whose pods a Service sends to. */
  readonly behind: (service: KubernetesObject) => readonly Workload[];
  /** Plural of a kind as the API serves it, for webhook rules. */
  readonly resourceOf: (object: KubernetesObject) => string;
}

export function inventoryOf(objects: readonly KubernetesObject[]): Inventory {
  const byId = new Map<string, KubernetesObject>();
  const byKind = new Map<string, KubernetesObject[]>();
  const definitions = new Map<string, KubernetesObject>();
  const workloads: Workload[] = [];
  for (const object of objects) {
    const kind = groupKind(object);
    byId.set(idOf(kind, object.metadata.namespace, object.metadata.name), object);
    byKind.set(kind, [...(byKind.get(kind) ?? []), object]);
    if (kind === "CustomResourceDefinition.apiextensions.k8s.io") {
      definitions.set(`${textAt(object, "spec", "names", "kind")}.${textAt(object, "spec", "group")}`, object);
    }
    const workload = workloadOf(object);
    if (workload !== undefined) workloads.push(workload);
  }
  const find: Inventory["find"] = (kind, namespace, name) => byId.get(idOf(kind, namespace, name));
  const definitionOf: Inventory["definitionOf"] = (object) =>
    groupOf(object.apiVersion) === "" ? undefined : definitions.get(groupKind(object));
  return {
    objects,
    workloads,
    find,
    definitionOf,
    ofKind: (kind) => byKind.get(kind) ?? [],
    namespaceLabels: (namespace) => ({
      ...labelsAt(find("Namespace", undefined, namespace), "metadata", "labels"),
      "kubernetes.io/metadata.name": namespace,
    }),
    behind: (service) => workloads.filter((workload) => selects(service, workload)),
    resourceOf: (object) =>
      textAt(definitionOf(object), "spec", "names", "plural") ?? plural(object.kind.toLowerCase()),
  };
}

/** Kubernetes' own plurals of built-in kinds are regular English. */
function plural(kind: string): string {
  if (/(s|x|ch|sh)$/.test(kind)) return kind.endsWith("endpoints") ? kind : `${kind}es`;
  return kind.endsWith("y") ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}
