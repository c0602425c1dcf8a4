import { isDeepStrictEqual } from "node:util";
import type { Json, JsonObject } from "../host/values.ts";
import { isObject } from "../providers/kubernetes/objects.ts";

/** Where two clusters differ in one object. */
export interface Difference {
  /** `deployments.apps kubeflow/mysql`. */
  readonly object: string;
  /** The cluster that alone has it, or the fields that differ, such as `spec.replicas`. */
  readonly found: { readonly onlyIn: "first" | "second" } | { readonly fields: readonly string[] };
}

/** Objects in normal form by what tells them apart. */
export type Contents = ReadonlyMap<string, JsonObject>;

/** Every object in which two clusters differ, sorted by its name. */
export function differencesOf(first: Contents, second: Contents): Difference[] {
  return [...new Set([...first.keys(), ...second.keys()])].toSorted().flatMap((object): Difference[] => {
    const [one, other] = [first.get(object), second.get(object)];
    if (one === undefined) return [{ object, found: { onlyIn: "second" } }];
    if (other === undefined) return [{ object, found: { onlyIn: "first" } }];
    const fields = [...differingFields(one, other, "")];
    return fields.length === 0 ? [] : [{ object, found: { fields } }];
  });
}

/** Paths of the outermost fields that differ. */
function* differingFields(one: Json | undefined, other: Json | undefined, path: string): Generator<string> {
  if (isDeepStrictEqual(one, other)) return;
  const pairs = pairsOf(one, other);
  if (pairs === undefined) yield path;
  else for (const [step, left, right] of pairs) yield* differingFields(left, right, `${path}${step}`);
}

type Pair = readonly [step: string, left: Json | undefined, right: Json | undefined];

/** What two values hold, side by side; undefined where they cannot be looked into together. */
function pairsOf(one: Json | undefined, other: Json | undefined): readonly Pair[] | undefined {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length
      ? one.map((value, index): Pair => [`[${index}]`, value, other[index]])
      : undefined;
  }
  if (!isObject(one) || !isObject(other)) return undefined;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].map((field): Pair => [
    /^\w+$/.test(field) ? `.${field}` : `["${field}"]`,
    one[field],
    other[field],
  ]);
}
