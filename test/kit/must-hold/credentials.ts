import bcrypt from "bcryptjs";
import {
  groupKind,
  type KubernetesObject,
  labelsAt,
  listAt,
  objectId,
  textAt,
} from "../../../components/kit/objects.ts";
import { containersOf, workloadOf } from "../../../components/kubeflow/order/workload.ts";

/** What everybody can read in v1.8.1, long enough to be told from other text. */
const KNOWN = {
  "Dex's password": "12341234",
  "Dex's user": "user@example.com",
  "Dex's user id": "15841185641784",
  "Dex's hash": "$2y$12$4K/VkmDd1q1Orb3xAt82zu8gk7Ad6ReFR4LCP9UeYE90NLiN9Df72",
  "the OIDC client secret": "pUBnBOY80SnXgjibTYM9ZWNzY2xreNGQok",
  "MinIO's secret key": "minio123",
} as const;

/** The short ones, which are looked for as whole values where passwords stand: MinIO's access key, Katib's root, Pipelines'. */
const KNOWN_VALUES: ReadonlySet<string> = new Set(["minio", "test", "", ...Object.values(KNOWN)]);
const HASHED = ["12341234", "minio123", "test", ""] as const;
const HASH = /\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}/g;
const PASSWORD_NAME = /pass|secret|accesskey|access_key/i;
const EMPTY_ALLOWED = /^MYSQL_ALLOW_EMPTY_PASSWORD$|^MARIADB_ALLOW_EMPTY/;

/** Passwords and secrets that are public: plain, within something else, in base64 or hexadecimal, or as a hash. */
export function publicCredentials(objects: readonly KubernetesObject[]): string[] {
  return objects.flatMap((object) => {
    const id = objectId(object);
    const texts = textsOf(object);
    return [
      ...Object.entries(KNOWN)
        .filter(([, value]) => texts.some((text) => formsOf(value).some((form) => text.includes(form))))
        .map(([name]) => `${id}: ${name}`),
      ...hashesIn(texts).map((password) => `${id}: a hash of ${JSON.stringify(password)}`),
      ...knownValuesIn(object).map((field) => `${id}: ${field}`),
    ];
  });
}

/** The object as text, and what its Secret's values are, decoded, and decoded once more. */
function textsOf({ metadata: { managedFields: _, ...metadata }, ...object }: KubernetesObject): string[] {
  const decoded = Object.values(labelsAt(object, "data")).map(decode);
  return [stringsIn({ ...object, metadata }).join("\n"), ...decoded, ...decoded.map(decode)];
}

function decode(text: string): string {
  return Buffer.from(text, "base64").toString("latin1");
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...stringsIn(inner)]);
}

/** A value as it is, percent-encoded, in hexadecimal, and in base64 at each of the three places where it may begin. */
function formsOf(value: string): string[] {
  const base64 = [0, 1, 2].map((before) => {
    const whole = Buffer.from("\0".repeat(before) + value).toString("base64");
    // The characters at both ends also depend on what stands beside the value.
    const end = Math.floor(((before + value.length) * 8) / 6);
    return whole.slice(Math.ceil((before * 8) / 6), end);
  });
  const urlSafe = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  return [value, encodeURIComponent(value), Buffer.from(value).toString("hex"), ...base64, ...urlSafe];
}

function hashesIn(texts: readonly string[]): string[] {
  const hashes = new Set(texts.flatMap((text) => [...text.matchAll(HASH)].map(([hash]) => hash)));
  return [...hashes].flatMap((hash) => HASHED.filter((password) => bcrypt.compareSync(password, hash)));
}

/** Fields for passwords that hold a public one, or none; databases that let anybody in. */
function knownValuesIn(object: KubernetesObject): string[] {
  const isKnown = ([name, value]: readonly [string, string]) => PASSWORD_NAME.test(name) && KNOWN_VALUES.has(value);
  const held =
    groupKind(object) === "Secret"
      ? Object.entries(labelsAt(object, "data")).map(([key, value]) => [key, decode(value)] as const)
      : groupKind(object) === "ConfigMap"
        ? Object.entries(labelsAt(object, "data"))
        : [];
  const variables = containersOf(workloadOf(object)?.podSpec)
    .flatMap((container) => listAt(container, "env"))
    .map((variable) => [textAt(variable, "name") ?? "", textAt(variable, "value")] as const);
  const given = variables.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return [
    ...[...held, ...given].filter(isKnown).map(([name]) => `${name} is public`),
    ...variables.filter(([name]) => EMPTY_ALLOWED.test(name)).map(([name]) => name),
  ];
}
