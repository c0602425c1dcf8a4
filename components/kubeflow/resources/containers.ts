import { groupKind, type KubernetesObject, listAt, objectId, textAt } from "../../kit/objects.ts";
import type { Environment } from "../../settings/environments.ts";
import { containerKey, resourcesOf, type SizingTable } from "./sizing.ts";

const TEMPLATES: ReadonlySet<string> = new Set(["Deployment.apps", "StatefulSet.apps", "DaemonSet.apps"]);

interface PodTemplate {
  readonly spec: { readonly template: { readonly spec: Readonly<Record<string, unknown>> } };
}

/** A container of a manifest, as far as it matters here. */
export type Container = Readonly<Record<string, unknown>>;

/** Every container of a workload, init containers included, put through `change`; other objects as they are. */
export function changedContainers(
  object: KubernetesObject,
  change: (container: Container, key: string) => Container,
): KubernetesObject {
  if (!TEMPLATES.has(groupKind(object))) return object;
  const { spec } = object as KubernetesObject & PodTemplate;
  const podSpec = spec.template.spec;
  const changed = ["initContainers", "containers"].flatMap((field) => {
    const containers = listAt(podSpec, field) as readonly Container[];
    return containers.length === 0 ? [] : [[field, containers.map((it) => change(it, keyOf(object, it)))] as const];
  });
  return {
    ...object,
    spec: { ...spec, template: { ...spec.template, spec: { ...podSpec, ...Object.fromEntries(changed) } } },
  };
}

/** Keys of a workload's containers in the tables of a release; none for other objects. */
export function containerKeys(object: KubernetesObject): readonly string[] {
  const keys: string[] = [];
  changedContainers(object, (container, key) => {
    keys.push(key);
    return container;
  });
  return keys;
}

/**
 * A workload with the requests and limits of its table. Throws RangeError for a container that has no row: what runs
 * without a memory limit can take a node down, so a new container must be given its size.
 */
export function withResources(object: KubernetesObject, table: SizingTable, environment: Environment) {
  return changedContainers(object, (container, key) => {
    const sizing = table.containers[key] ?? table.optional[key];
    if (sizing === undefined) {
      throw new RangeError(`the sizing table has no row ${JSON.stringify(key)} for a container of ${objectId(object)}`);
    }
    return { ...container, resources: resourcesOf(sizing[environment]) };
  });
}

function keyOf(object: KubernetesObject, container: Container): string {
  const { namespace = "default", name } = object.metadata;
  return containerKey(namespace, name, textAt(container, "name") ?? "");
}
