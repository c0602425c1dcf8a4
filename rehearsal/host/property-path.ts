import { UserError } from "../../components/kit/errors.ts";
import { Secret, isList, isMap, type Properties, type Value } from "./values.ts";

/** A step into a value: a key, an index, or every element. */
export type Segment = string | number | typeof EVERY;
export const EVERY: unique symbol = Symbol("every");

const SEGMENT = /\.?(?:\[(?:(\d+)|(\*)|"((?:[^"\\]|\\.)*)"|'([^']*)')\]|(\*)(?=[.[]|$)|([^.[\]]+))/y;

/**
 * Reads a Pulumi property path such as `webhooks[*].clientConfig.caBundle` or `metadata.annotations["a.b/c"]`.
 * Throws UserError where it cannot be read.
 */
export function parsePropertyPath(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < text.length) {
    const at = SEGMENT.lastIndex;
    const match = SEGMENT.exec(text);
    if (match === null) {
      throw new UserError(`the property path "${text}" cannot be read from its character ${at + 1} on`, {
        next: 'write it as a.b, a["b"], a[0] or a[*]',
      });
    }
    const [, index, every, doubleQuoted, singleQuoted, bareEvery, key] = match;
    if (index !== undefined) segments.push(Number(index));
    else if (every !== undefined || bareEvery !== undefined) segments.push(EVERY);
    else segments.push(doubleQuoted?.replaceAll(/\\(.)/g, "$1") ?? singleQuoted ?? key ?? "");
  }
  return segments;
}

/** Decides on one place: what is there now and what the reference has there; undefined leaves the place out. */
export type Decision = (current: Value | undefined, reference: Value | undefined) => Value | undefined;

/**
 * A copy of the properties where `decide` has replaced or removed every place that the path leads to. The reference is
 * walked beside it. Secrets are looked into and stay wrapped; where the path leads nowhere nothing changes.
 */
export function rewrite(
  properties: Properties,
  reference: Properties,
  path: readonly Segment[],
  decide: Decision,
): Properties {
  const rewritten = rewriteValue(properties, reference, path, decide);
  return isMap(rewritten) ? rewritten : properties;
}

function rewriteValue(
  current: Value | undefined,
  reference: Value | undefined,
  [segment, ...rest]: readonly Segment[],
  decide: Decision,
): Value | undefined {
  if (segment === undefined) return decide(current, reference);
  if (current instanceof Secret) {
    const inner = rewriteValue(current.value, reference, [segment, ...rest], decide);
    return inner === undefined ? undefined : new Secret(inner);
  }
  const beside = reference instanceof Secret ? reference.value : reference;
  if (current === undefined) return undefined;
  if (isList(current)) {
    const others = beside !== undefined && isList(beside) ? beside : [];
    return current
      .map((item, index) =>
        segment === EVERY || segment === index ? rewriteValue(item, others[index], rest, decide) : item,
      )
      .filter((item) => item !== undefined);
  }
  if (!isMap(current)) return current;
  const others = isMap(beside) ? beside : {};
  const result: Record<string, Value> = { ...current };
  for (const key of segment === EVERY ? Object.keys(current) : [String(segment)]) {
    const value = rewriteValue(current[key], others[key], rest, decide);
    if (value === undefined) delete result[key];
    else result[key] = value;
  }
  return result;
}

/** The new inputs with what is to be ignored taken from the old ones: Pulumi's `ignoreChanges`. */
export function ignoreChanges(inputs: Properties, oldInputs: Properties, paths: readonly string[]): Properties {
  return paths.reduce(
    (result, path) => rewrite(result, oldInputs, parsePropertyPath(path), (_current, old) => old),
    inputs,
  );
}
