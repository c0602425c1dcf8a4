import { isObject } from "../providers/kubernetes/objects.ts";
import type { Json, JsonObject } from "../host/values.ts";

/** What a cluster's controllers make under names or with content of their own, and what passes by itself. */
const MADE_BY_CONTROLLERS = new Set([
  "componentstatuses",
  "controllerrevisions",
  "endpoints",
  "endpointslices",
  "events",
  "ipaddresses",
  "leases",
  "persistentvolumes",
  "pods",
  "replicasets",
]);

/** What a cluster holds of its own authority and address. */
const OF_THE_CLUSTER =
  /^(configmaps .+\/kube-root-ca\.crt|configmaps kube-system\/extension-apiserver-authentication|services default\/kubernetes)$/;

/** Fields of `metadata` that tell when and by whom an object was written, not what it is. */
const OF_ONE_WRITING = ["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];

/** Annotations that controllers write. */
const ANNOTATIONS_OF_CONTROLLERS = /^(deployment\.kubernetes\.io|pv\.kubernetes\.io|volume\.kubernetes\.io)\//;

/** Fields that a server assigns, wherever they stand: addresses, authorities, volumes. */
const ASSIGNED = new Set([
  "caBundle",
  "clusterIP",
  "clusterIPs",
  "healthCheckNodePort",
  "nodePort",
  "uid",
  "volumeName",
]);

/** Whether two installations of the same stack must agree on a kind, by its plural. */
export function isKindCompared(plural: string): boolean {
  return !MADE_BY_CONTROLLERS.has(plural);
}

/** Whether they must agree on an object, such as `configmaps kubeflow/katib-config`. */
export function isCompared(object: string): boolean {
  return !OF_THE_CLUSTER.test(object);
}

/**
 * An object without what differs between two clusters that hold the same: its status, when it was written, what the
 * server assigned. Values of Secrets are reduced to their names, so that no difference can show one.
 */
export function normalForm(object: JsonObject): JsonObject {
  const { status: _, data, metadata, ...rest } = object;
  return {
    ...(withoutAssigned(rest) as JsonObject),
    metadata: normalMetadata(isObject(metadata) ? metadata : {}),
    ...(data === undefined ? {} : { data: rest["kind"] === "Secret" ? namesOf(data) : data }),
  };
}

function normalMetadata(metadata: JsonObject): JsonObject {
  const kept = Object.entries(metadata).filter(([field]) => !OF_ONE_WRITING.includes(field));
  return Object.fromEntries(
    kept.map(([field, value]) => [
      field,
      field === "annotations" && isObject(value)
        ? Object.fromEntries(Object.entries(value).filter(([name]) => !ANNOTATIONS_OF_CONTROLLERS.test(name)))
        : withoutAssigned(value),
    ]),
  );
}

function withoutAssigned(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutAssigned);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([field]) => !ASSIGNED.has(field));
  return Object.fromEntries(kept.map(([field, inner]) => [field, withoutAssigned(inner)]));
}

function namesOf(data: Json): Json {
  return isObject(data) ? Object.fromEntries(Object.keys(data).map((name) => [name, ""])) : data;
}
