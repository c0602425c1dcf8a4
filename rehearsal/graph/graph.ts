import { createHash } from "node:crypto";
import { defined } from "../../components/kit/defined.ts";
import { hasUnknown, type Json, type JsonObject, mask, type Properties, type ResourceRecord } from "../host/index.ts";
import { STACK_TYPE, urnName } from "../host/urn.ts";

/** The resources of a stack as a file that people review: no secrets, nothing that changes from run to run. */
export interface Graph {
  /** By type and name, sorted: everything but Kubernetes objects, in full. */
  readonly resources: Readonly<Record<string, JsonObject>>;
  /** Kubernetes objects by type and name: what changes with any of their inputs, options or dependencies. */
  readonly objects: Readonly<Record<string, string>>;
  readonly outputs: JsonObject;
}

/** Characters of a digest: enough to tell two versions of an object apart. */
const DIGEST_LENGTH = 12;

/** The graph of a preview's resources. Throws RangeError where two have the same type and name. */
export function graphOf(resources: readonly ResourceRecord[], outputs: Properties): Graph {
  const all = resources.filter(({ type }) => type !== STACK_TYPE).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const [objects, others] = [all.filter(isObject), all.filter((one) => !isObject(one))];
  return {
    resources: unique(others.map((resource) => [keyOf(resource), describe(resource)])),
    objects: unique(objects.map((resource) => [keyOf(resource), digestOf(describe(resource))])),
    outputs: sorted(mask(outputs)) as JsonObject,
  };
}

/** `aws:ec2/vpc:Vpc kubeflow-prod` */
function keyOf({ type, name }: ResourceRecord): string {
  return `${type} ${name}`;
}

function isObject({ type }: ResourceRecord): boolean {
  return type.startsWith("kubernetes:");
}

function describe({
  parent,
  provider,
  inputs,
  dependencies,
  propertyDependencies,
  options,
}: ResourceRecord): JsonObject {
  const { deletedWith, aliases: _, version: __, ...others } = options;
  const from = Object.entries(propertyDependencies)
    .filter(([name]) => hasUnknown(inputs[name] ?? null))
    .map(([name, urns]) => [name, urns.map(shortOf)]);
  const known = new Set(Object.values(propertyDependencies).flat());
  return sorted({
    inputs: mask(inputs),
    // What makes a value that only a run knows.
    ...(from.length === 0 ? {} : { from: Object.fromEntries(from) as JsonObject }),
    dependsOn: dependencies.filter((urn) => !known.has(urn)).map(shortOf),
    ...defined({
      parent: parent === undefined || parent.includes(STACK_TYPE) ? undefined : shortOf(parent),
      provider: provider === undefined ? undefined : shortOf(provider.slice(0, provider.lastIndexOf("::"))),
      deletedWith: deletedWith === undefined ? undefined : shortOf(deletedWith),
    }),
    options: others as unknown as JsonObject,
  }) as JsonObject;
}

/** The last type and the name of a URN. */
function shortOf(urn: string): string {
  const types = urn.split("::")[2] ?? "";
  return `${types.slice(types.lastIndexOf("$") + 1)} ${urnName(urn)}`;
}

function digestOf(value: Json): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, DIGEST_LENGTH);
}

function unique<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  const twice = entries.find(([key], index) => entries[index + 1]?.[0] === key);
  if (twice !== undefined) throw new RangeError(`two resources are ${twice[0]}`);
  return Object.fromEntries(entries);
}

/** The same with keys in order and without what is empty. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return (value as Json[]).map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject)
      .map(([key, item]) => [key, sorted(item)] as const)
      .filter(([, item]) => !isEmpty(item))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
