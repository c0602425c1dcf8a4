import { groupKind, type KubernetesObject, listAt } from "../kit/objects.ts";

/** The label of what a destroy leaves in the cluster. */
export const HOLDS_DATA = "kubeflow-on-pulumi/holds-data";

const PROPAGATION = "pulumi.com/deletionPropagationPolicy";
const CLAIM = "PersistentVolumeClaim";

/**
 * Kinds whose controllers must still run while what belongs to their objects goes: a Profile's namespace holds whatever
 * its user made, with finalizers of every controller of the platform.
 */
const GOES_WITH_ALL_IT_OWNS = new Set(["Profile.kubeflow.org"]);

/**
 * The objects of a set as they can be removed again: those that hold data carry the label {@link HOLDS_DATA}; the
 * others go without waiting for the garbage collector, which otherwise releases each of them by itself, in minutes.
 */
export function withRemoval(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const retained = retainedOf(objects);
  return objects.map((object) => {
    if (!retained.has(object)) return removedAtOnce(object);
    const labels = { ...object.metadata.labels, [HOLDS_DATA]: "true" };
    return { ...object, metadata: { ...object.metadata, labels } };
  });
}

/** Deleted in the background where the object does not have to wait for what it owns. */
export function removedAtOnce(object: KubernetesObject): KubernetesObject {
  if (GOES_WITH_ALL_IT_OWNS.has(groupKind(object))) return object;
  const annotations = { [PROPAGATION]: "background", ...object.metadata.annotations };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Whether a destroy leaves the object in the cluster. */
export function isRetained({ metadata }: KubernetesObject): boolean {
  return metadata.labels?.[HOLDS_DATA] === "true";
}

/** Claims, and the namespaces that would take claims along: also those that StatefulSets make from their templates. */
function retainedOf(objects: readonly KubernetesObject[]): ReadonlySet<KubernetesObject> {
  const claims = objects.filter((object) => groupKind(object) === CLAIM);
  const claiming = objects.filter((object) => listAt(object, "spec", "volumeClaimTemplates").length > 0);
  const namespaces = new Set([...claims, ...claiming].map(({ metadata }) => metadata.namespace));
  const holding = objects.filter((object) => groupKind(object) === "Namespace" && namespaces.has(object.metadata.name));
  return new Set([...claims, ...holding]);
}
