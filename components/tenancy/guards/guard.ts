import type { KubernetesObject } from "../../kit/objects.ts";

/** A request that the API server asks a guard about. */
export interface Request {
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  /** Name of whoever asks. */
  readonly user: string;
  /** What is to be; of a deletion, what there is. */
  readonly object: KubernetesObject;
  readonly before?: KubernetesObject;
  /** Labels of the namespace that it is in. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

/** Kinds of objects that a guard is asked about, as a rule of an admission policy names them. */
export interface GuardedKinds {
  readonly group: string;
  readonly version: string;
  /** Plurals, sub-resources after a slash. */
  readonly resources: readonly string[];
  readonly operations: readonly Request["operation"][];
}

/** Where a guard holds: objects in namespaces with these labels, or cluster-scoped ones. */
export type GuardedPlace = { readonly matchLabels: Readonly<Record<string, string>> } | "cluster";

/** A rule in the language of the API server, one sentence when it is broken. */
export interface Validation {
  readonly expression: string;
  /** CEL that makes the sentence: what is wrong, and what to do. */
  readonly message: string;
}

/**
 * A rule that holds while people work: hand-written CEL for the API server, and the same rule in TypeScript for tools
 * that see objects before they are applied. Tests hold the two to one table of cases.
 */
export interface Guard {
  readonly name: string;
  readonly on: GuardedKinds;
  readonly within: GuardedPlace;
  /** Requests that it is not asked about. */
  readonly unless?: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly validations: readonly Validation[];
  /** The sentences for a request that breaks it, in the order of its validations; none for one that it admits. */
  readonly judge: (request: Request) => readonly string[];
}

/** A string of CEL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** A list of strings of CEL. */
export function quotedList(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(", ")}]`;
}
