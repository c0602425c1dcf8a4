import { groupOf } from "../components/kit/objects.ts";
import { peek, UNKNOWN, type Step } from "./reading.ts";
import type { KubernetesSubject, Resource, ResourceOptions, Stack } from "./resource.ts";

/** The texts by which the engine says "unknown", one for each type of value. */
const SENTINELS: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** A resource as an engine hands it over: properties deserialised, secrets unwrapped, unknowns as the engine's texts. */
export interface RawResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly options?: Partial<ResourceOptions>;
}

export function viewOf(raw: RawResource): Resource {
  const { type, name, urn, options } = raw;
  const properties = marked(raw.properties) as Readonly<Record<string, unknown>>;
  const resource: { -readonly [K in keyof Resource]: Resource[K] } = {
    ...{ type, name, urn, properties, objects: [] },
    options: { protect: false, ignoreChanges: [], ...options },
  };
  if (type.startsWith("kubernetes:")) resource.objects = [...objectsIn(resource)];
  return resource;
}

export function stackOf(resources: readonly Resource[]): Stack {
  const objects = resources.flatMap((resource) => resource.objects);
  const byKind = Map.groupBy(objects, ({ kind }) => kind);
  const byType = Map.groupBy(resources, ({ type }) => type);
  return {
    resources,
    objects,
    objectsOf: (kind, group) =>
      (byKind.get(kind) ?? []).filter((object) => group === undefined || object.group === group),
    resourcesOf: (type) => byType.get(type) ?? [],
  };
}

/** The same tree with UNKNOWN for the engine's texts; what holds none is not copied. */
function marked(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return SENTINELS.has(value) ? UNKNOWN : value;
  if (Array.isArray(value)) {
    const elements = value.map(marked);
    return elements.some((element, index) => element !== value[index]) ? elements : value;
  }
  let changed: Record<string, unknown> | undefined;
  for (const [key, field] of Object.entries(value)) {
    const now = marked(field);
    if (now !== field) (changed ??= { ...value })[key] = now;
  }
  return changed ?? value;
}

/** Kinds that hold nothing any rule reads, and most of the bytes of a platform. */
const SKIPPED_KINDS: ReadonlySet<string> = new Set(["CustomResourceDefinition"]);

function* objectsIn(resource: Resource): Iterable<KubernetesSubject> {
  const { properties } = resource;
  const items = properties["items"];
  if (/List$/.test(kindOf(resource, properties)) && Array.isArray(items)) {
    for (const [index, item] of items.entries()) yield* objectAt(resource, item, ["items", index]);
    return;
  }
  yield* objectAt(resource, properties, []);
}

function* objectAt(resource: Resource, value: unknown, path: readonly Step[]): Iterable<KubernetesSubject> {
  const apiVersion = apiVersionOf(resource, value);
  if (apiVersion === undefined) return;
  const rawKind = kindOf(resource, value);
  const isPatch = /^kubernetes:[^:]*:\w+Patch$/.test(resource.type);
  const kind = path.length > 0 ? rawKind.replace(/List$/, "") : rawKind.replace(/Patch$/, "");
  if (SKIPPED_KINDS.has(kind)) return;
  const objectName = known(peek(value, ["metadata", "name"])) ?? "";
  const namespace = known(peek(value, ["metadata", "namespace"]));
  const name = `${kind} ${namespace === undefined ? "" : `${namespace}/`}${objectName || resource.name}`;
  yield { resource, value, path, name, apiVersion, group: groupOf(apiVersion), kind, objectName, namespace, isPatch };
}

/** `apiVersion` of the object, else that of the type token `kubernetes:apps/v1:Deployment`. */
function apiVersionOf(resource: Resource, value: unknown): string | undefined {
  const said = known(peek(value, ["apiVersion"]));
  if (said !== undefined) return said;
  const [, module = "", kind] = resource.type.split(":");
  if (kind === undefined || module === "yaml" || module.startsWith("helm.sh/") || module.startsWith("kustomize"))
    return undefined;
  return module.replace(/^core\//, "");
}

function kindOf(resource: Resource, value: unknown): string {
  return known(peek(value, ["kind"])) ?? resource.type.split(":")[2] ?? "";
}

function known(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
