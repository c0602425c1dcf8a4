/**
 * Reading of resources in a preview: a value that only the update will tell stands there as {@link UNKNOWN}. Whoever
 * reads one, or anything below it, gets an {@link UnknownValue} thrown, so that no rule can take it for an absent value.
 */
export const UNKNOWN = Symbol("unknown before the update");

export type Step = string | number;

/** Thrown by the readers. `evaluate` turns it into a finding of its own for the one check that it ends. */
export class UnknownValue extends Error {
  readonly path: readonly Step[];

  constructor(path: readonly Step[]) {
    super(`${formatPath(path)} is not known before the update`);
    this.name = "UnknownValue";
    this.path = path;
  }
}

/** The value at a path, undefined where the path ends early. Throws {@link UnknownValue} where it meets an unknown. */
export function at(value: unknown, ...path: readonly Step[]): unknown {
  let here = value;
  for (const [depth, step] of path.entries()) {
    if (here === UNKNOWN) throw new UnknownValue(path.slice(0, depth));
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<Step, unknown>)[step];
  }
  if (here === UNKNOWN) throw new UnknownValue(path);
  return here ?? undefined;
}

/**
 * Whether anything stands at a path. A value that is unknown itself is an output of a resource that is still to be made,
 * such as the ARN of a key: something stands there. Throws {@link UnknownValue} where it is unknown whether there is one.
 */
export function isGiven(value: unknown, ...path: readonly Step[]): boolean {
  const last = path.at(-1);
  const holder = at(value, ...path.slice(0, -1));
  if (last === undefined || typeof holder !== "object" || holder === null || !Object.hasOwn(holder, last)) return false;
  const found = (holder as Record<Step, unknown>)[last];
  return found !== undefined && found !== null && found !== "";
}

/** The string at a path, undefined where there is none. */
export function textAt(value: unknown, ...path: readonly Step[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** The number at a path, also one written as text (`"3"`); undefined where there is none. */
export function numberAt(value: unknown, ...path: readonly Step[]): number | undefined {
  const found = at(value, ...path);
  if (typeof found === "number") return found;
  return typeof found === "string" && found.trim() !== "" && Number.isFinite(Number(found)) ? Number(found) : undefined;
}

/** Whether `true` stands at a path, also as the text that Helm and some providers make of it. */
export function isTrue(value: unknown, ...path: readonly Step[]): boolean {
  const found = at(value, ...path);
  return found === true || found === "true";
}

/** Whether `false` stands at a path: an absent value is neither true nor false. */
export function isFalse(value: unknown, ...path: readonly Step[]): boolean {
  const found = at(value, ...path);
  return found === false || found === "false";
}

/** The array at a path, empty where there is none. Elements may be {@link UNKNOWN}: read them with `at(element)`. */
export function listAt(value: unknown, ...path: readonly Step[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

/** The strings of the array at a path. Throws {@link UnknownValue} where one of them is unknown. */
export function textsAt(value: unknown, ...path: readonly Step[]): readonly string[] {
  return listAt(value, ...path).flatMap((element, index) => {
    if (element === UNKNOWN) throw new UnknownValue([...path, index]);
    return typeof element === "string" ? [element] : [];
  });
}

/** The entries of the map at a path, empty where there is none. Values may be {@link UNKNOWN}. */
export function entriesAt(value: unknown, ...path: readonly Step[]): readonly (readonly [string, unknown])[] {
  const found = at(value, ...path);
  return typeof found === "object" && found !== null && !Array.isArray(found) ? Object.entries(found) : [];
}

/** The value at a path without a throw, with what is unknown still in it: for digests, never for decisions. */
export function peek(value: unknown, path: readonly Step[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<Step, unknown>)[step];
  }
  return here;
}

/** `spec.containers[0].image`; names that are no identifiers in quotes: `metadata.labels["app.kubernetes.io/name"]`. */
export function formatPath(path: readonly Step[]): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[\w$-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");
}
