import { at, listAt, textAt } from "../../../components/kit/objects.ts";
import type { JsonObject } from "../../host/values.ts";

/** A Kubernetes object as it travels: plain JSON with the fields that every kind has. */
export interface KubernetesObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

export interface ObjectMeta extends JsonObject {
  readonly name: string;
}

/** Which object, without its content. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
}

/** `Deployment kubeflow/mysql`, as people name objects. */
export function describe({ kind, namespace, name }: Omit<ObjectReference, "apiVersion">): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** The objects of the list at a path; empty where there is none. */
export function objectsAt(value: unknown, ...path: readonly string[]): readonly JsonObject[] {
  return listAt(value, ...path).filter(isObject);
}

/** A condition of the object's status, such as `Available`. */
export function condition(object: unknown, type: string): JsonObject | undefined {
  return objectsAt(object, "status", "conditions").find((candidate) => candidate["type"] === type);
}

/** The value of one of the provider's own annotations, such as `pulumi.com/skipAwait`. */
export function annotation(object: unknown, name: string): string | undefined {
  return textAt(object, "metadata", "annotations", name);
}
