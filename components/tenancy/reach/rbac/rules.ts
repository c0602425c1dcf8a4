import { listAt } from "../../../kit/objects.ts";

/** One thing that somebody wants of the API server. */
export type Attempt = ResourceAttempt | PathAttempt;

export interface ResourceAttempt {
  readonly verb: string;
  /** `""` is the core group. */
  readonly group: string;
  /** Plural, with its sub-resource after a slash: `pods/exec`. */
  readonly resource: string;
  /** Left out for objects of the whole cluster, and for a list over all namespaces. */
  readonly namespace?: string;
  /** Left out where an attempt is about no single object: lists, watches, creations. */
  readonly name?: string;
}

export interface PathAttempt {
  readonly verb: string;
  /** A path that is no resource: `/metrics`. */
  readonly path: string;
}

/** A PolicyRule of a Role or ClusterRole; fields that are left out are empty. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  /** Empty for objects of any name. */
  readonly names: readonly string[];
  readonly paths: readonly string[];
}

/** The rules that an object writes down. */
export function rulesIn(role: unknown): Rule[] {
  const texts = (rule: unknown, field: string) => listAt(rule, field).filter((text) => typeof text === "string");
  return listAt(role, "rules").map((rule) => ({
    verbs: texts(rule, "verbs"),
    groups: texts(rule, "apiGroups"),
    resources: texts(rule, "resources"),
    names: texts(rule, "resourceNames"),
    paths: texts(rule, "nonResourceURLs"),
  }));
}

/** Whether one rule is enough for an attempt. Namespaces are the affair of bindings. */
export function permits(rule: Rule, attempt: Attempt): boolean {
  if (!isAmong(rule.verbs, attempt.verb)) return false;
  if ("path" in attempt) return rule.paths.some((pattern) => coversPath(pattern, attempt.path));
  return (
    isAmong(rule.groups, attempt.group) &&
    coversResource(rule.resources, attempt.resource) &&
    (rule.names.length === 0 || rule.names.includes(attempt.name ?? ""))
  );
}

function isAmong(values: readonly string[], wanted: string): boolean {
  return values.includes("*") || values.includes(wanted);
}

// A star covers sub-resources too, `pods` covers none of its own, and `*/scale` that sub-resource of everything.
function coversResource(resources: readonly string[], wanted: string): boolean {
  if (isAmong(resources, wanted)) return true;
  const slash = wanted.indexOf("/");
  return slash >= 0 && resources.includes(`*${wanted.slice(slash)}`);
}

/** A star at the end stands for any rest; anywhere else it is a star. */
function coversPath(pattern: string, path: string): boolean {
  return pattern === "*" || pattern === path || (pattern.endsWith("*") && path.startsWith(pattern.replace(/\*+$/, "")));
}
