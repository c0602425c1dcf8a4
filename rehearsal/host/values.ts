/**
 * Property values as the host and its providers hold them: plain data, with a wrapper for what Pulumi marks by signature.
 * On the wire and in the state they carry Pulumi's own signatures.
 */
export type Value =
  null | boolean | number | string | Secret | ResourceReference | typeof UNKNOWN | readonly Value[] | Properties;

/** A map of property values: the inputs or outputs of a resource, or any object inside them. */
export interface Properties {
  readonly [key: string]: Value;
}

/** What a value is once secrets are unwrapped and nothing is unknown. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Stands for a value that only an update can know; appears in previews alone. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** A value that must not be shown. Converts to `[secret]` wherever someone prints it by accident. */
export class Secret {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }
}

/** A resource given as a property value; its `id` is absent for components. */
export class ResourceReference {
  readonly urn: string;
  readonly id: Value | undefined;

  constructor(urn: string, id?: Value) {
    this.urn = urn;
    this.id = id;
  }
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value | undefined): value is Properties {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret) &&
    !(value instanceof ResourceReference)
  );
}

/** True when any leaf of the value satisfies the predicate; secrets are tested themselves and looked into. */
export function some(value: Value, predicate: (leaf: Value) => boolean): boolean {
  if (predicate(value)) return true;
  if (value instanceof Secret) return some(value.value, predicate);
  if (isList(value)) return value.some((item) => some(item, predicate));
  return isMap(value) && Object.values(value).some((item) => some(item, predicate));
}

export function hasUnknown(value: Value): boolean {
  return some(value, (leaf) => leaf === UNKNOWN);
}

/**
 * The value without wrappers, as a provider sends it to its service. `unknown` takes the place of what only an update
 * can know; without it such a value throws.
 */
export function reveal(value: Value, unknown?: Json): Json {
  if (value === UNKNOWN) {
    if (unknown === undefined) throw new Error("a value is unknown until the update");
    return unknown;
  }
  if (value instanceof Secret) return reveal(value.value, unknown);
  if (value instanceof ResourceReference) return reveal(value.id ?? value.urn, unknown);
  if (isList(value)) return value.map((item) => reveal(item, unknown));
  if (isMap(value)) return revealAll(value, unknown);
  return value;
}

/** {@link reveal} for a whole map. */
export function revealAll(properties: Properties, unknown?: Json): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([key, item]) => [key, reveal(item, unknown)]));
}

/** The value for people and files that must not hold secrets: `[secret]` and `[unknown]` take the place of what is. */
export function mask(value: Value): Json {
  if (value === UNKNOWN) return "[unknown]";
  if (value instanceof Secret) return "[secret]";
  if (value instanceof ResourceReference) return value.urn;
  if (isList(value)) return value.map(mask);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mask(item)]));
  return value;
}

/** Deep equality, blind to secret wrappers: a value that only became secret has not changed. */
export function equal(left: Value | undefined, right: Value | undefined): boolean {
  const a = left instanceof Secret ? left.value : left;
  const b = right instanceof Secret ? right.value : right;
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  if (a instanceof Secret || b instanceof Secret) return equal(a, b);
  if (a instanceof ResourceReference || b instanceof ResourceReference) {
    return a instanceof ResourceReference && b instanceof ResourceReference && a.urn === b.urn && equal(a.id, b.id);
  }
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && equal(a[key], b[key]));
}

/** The outputs with every property wrapped that came in as a secret or is named: secrets do not lose their mark on the way. */
export function keepSecrets(outputs: Properties, inputs: Properties, named: readonly string[] = []): Properties {
  const isSecret = (key: string) => named.includes(key) || some(inputs[key] ?? null, (leaf) => leaf instanceof Secret);
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [
      key,
      isSecret(key) && !(value instanceof Secret) ? new Secret(value) : value,
    ]),
  );
}

/** The strings inside secrets that are long enough to be recognised, longest first: see {@link redact}. */
export function secretStrings(value: Value): string[] {
  const found = new Set<string>();
  const collect = (item: Value, inSecret: boolean): void => {
    if (item instanceof Secret) collect(item.value, true);
    else if (typeof item === "string") {
      if (inSecret && item.length >= SHORTEST_REDACTED) found.add(item);
    } else if (isList(item)) for (const child of item) collect(child, inSecret);
    else if (isMap(item)) for (const child of Object.values(item)) collect(child, inSecret);
  };
  collect(value, false);
  return [...found].sort((a, b) => b.length - a.length);
}

/** Shorter strings occur in ordinary text by chance; replacing them would make messages unreadable. */
const SHORTEST_REDACTED = 4;

/** The text with each of the secrets replaced by `[secret]`, also where it was quoted as JSON. */
export function redact(text: string, secrets: Iterable<string>): string {
  let result = text;
  for (const secret of secrets) {
    result = result.replaceAll(secret, "[secret]").replaceAll(JSON.stringify(secret).slice(1, -1), "[secret]");
  }
  return result;
}
