/** A Kubernetes object as it stands in a manifest: plain JSON, never an engine's value. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
  readonly [field: string]: unknown;
}

export interface ObjectMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** `""` for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/** The version without its group: `v1` of `apps/v1`. */
export function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf("/") + 1);
}

/** `Deployment.apps`, `Namespace`: a kind with its group, whatever its version. */
export function groupKind(object: KubernetesObject): string {
  const group = groupOf(object.apiVersion);
  return group === "" ? object.kind : `${object.kind}.${group}`;
}

/** What tells two objects of one cluster apart, written for people: `Deployment.apps kubeflow/mysql`. */
export function objectId(object: KubernetesObject): string {
  return idOf(groupKind(object), object.metadata.namespace, object.metadata.name);
}

export function idOf(kindWithGroup: string, namespace: string | undefined, name: string): string {
  return `${kindWithGroup} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** The value at a path of nested objects and arrays, or undefined where the path ends early. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

/** The array at a path, empty where there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The string at a path, undefined where there is none. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** The strings of a map at a path (labels, selectors), empty where there is none. */
export function labelsAt(value: unknown, ...path: readonly (string | number)[]): Readonly<Record<string, string>> {
  const found = at(value, ...path);
  if (typeof found !== "object" || found === null) return {};
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
