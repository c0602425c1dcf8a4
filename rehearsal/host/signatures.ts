import { ResourceReference, Secret, UNKNOWN, isList, isMap, type Json, type Properties, type Value } from "./values.ts";
import { UnsupportedError } from "./unsupported.ts";

/** Pulumi's sentinels: what marks a secret, an output, a reference or an unknown in otherwise plain data. */
export const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
export const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
export const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
export const UNKNOWN_SENTINEL = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const REFUSED: Readonly<Record<string, string>> = {
  c44067f5952c0a294b673a41bacd8c17: "assets",
  "0def7320c3a5731c473e5ecbe6d01bc7": "archives",
};

/** A decoded object that carries a signature, as the value it stands for. Throws {@link UnsupportedError} for assets and archives. */
export function interpret(object: Properties): Value {
  const signature = object[SIGNATURE_KEY];
  if (signature === undefined) return object;
  const value = object["value"] ?? null;
  switch (signature) {
    case SECRET:
      return new Secret(value);
    case OUTPUT: {
      const known = "value" in object ? value : UNKNOWN;
      return object["secret"] === true ? new Secret(known) : known;
    }
    case RESOURCE: {
      const id = object["id"];
      return new ResourceReference(object["urn"] as string, id === "" ? UNKNOWN : id);
    }
    default:
      throw new UnsupportedError(REFUSED[signature as string] ?? "this kind of value");
  }
}

/** The one-level form of a wrapper or sentinel on the wire; every other value is returned as it is. */
export function express(value: Value): Value {
  if (value === UNKNOWN) return UNKNOWN_SENTINEL;
  if (value instanceof Secret) return { [SIGNATURE_KEY]: SECRET, value: value.value };
  if (value instanceof ResourceReference) {
    return { [SIGNATURE_KEY]: RESOURCE, urn: value.urn, ...(value.id === undefined ? {} : { id: value.id }) };
  }
  return value;
}

/** The value as JSON that {@link fromJson} reads back, secrets in clear text: only for what is encrypted as a whole. */
export function toJson(value: Value): Json {
  const plain = express(value);
  if (isList(plain)) return plain.map(toJson);
  if (isMap(plain)) return Object.fromEntries(Object.entries(plain).map(([key, item]) => [key, toJson(item)]));
  return plain as Json;
}

export function fromJson(json: Json): Value {
  if (json === UNKNOWN_SENTINEL) return UNKNOWN;
  if (Array.isArray(json)) return (json as readonly Json[]).map(fromJson);
  if (typeof json !== "object" || json === null) return json;
  return interpret(Object.fromEntries(Object.entries(json).map(([key, item]) => [key, fromJson(item)])));
}
