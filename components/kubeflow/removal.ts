import { groupKind, type KubernetesObject, listAt } from "../kit/objects.ts";

/** The label of what Pulumi leaves in the cluster when it is left out of a stack, or the stack is destroyed. */
export const HOLDS_DATA = "kubeflow-on-pulumi/holds-data";

const PROPAGATION = "pulumi.com/deletionPropagationPolicy";
const CLAIM = "PersistentVolumeClaim";
const DEFINITION = "CustomResourceDefinition.apiextensions.k8s.io";

/**
 * Kinds whose controllers must still run while what belongs to their objects goes: a Profile's namespace holds whatever
 * its user made, with finalizers of every controller of the platform.
 */
const GOES_WITH_ALL_IT_OWNS = new Set(["Profile.kubeflow.org"]);

/**
 * The objects of a set as they can be removed again: those that hold data carry the label {@link HOLDS_DATA}; the
 * others go without waiting for the garbage collector, which otherwise releases each of them by itself, in minutes. Of
 * what can be switched off (`isOptional`) the kinds hold data too: with a kind goes everything that users made of it.
 */
export function withRemoval(
  objects: readonly KubernetesObject[],
  isOptional: (object: KubernetesObject, index: number) => boolean = () => false,
): KubernetesObject[] {
  const kinds = objects.filter((object, index) => groupKind(object) === DEFINITION && isOptional(object, index));
  const retained = new Set([...retainedOf(objects), ...kinds]);
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

/** Whether Pulumi leaves the object in the cluster. */
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
