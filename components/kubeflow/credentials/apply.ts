import { dump, load } from "js-yaml";
import { type KubernetesObject, listAt, objectId, textAt } from "../../kit/objects.ts";
import type { Credentials } from "./derive.ts";
import type { CredentialPlaces } from "./places.ts";

/** Of the official images of MySQL. */
const EMPTY_PASSWORD = "MYSQL_ALLOW_EMPTY_PASSWORD";
const ROOT_PASSWORD = "MYSQL_ROOT_PASSWORD";

/** The object with the platform's own passwords in the places of the public ones; the same object where it holds none. */
export function withCredentials(
  object: KubernetesObject,
  credentials: Credentials,
  { secrets, users, databases }: CredentialPlaces,
): KubernetesObject {
  const id = objectId(object);
  const [keys, database] = [secrets[id], databases[id]];
  if (keys !== undefined) {
    return withValues(
      object,
      Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, credentials[value]])),
    );
  }
  if (id === users.id) return hashFromEnvironment(object, users.variable);
  return database === undefined ? object : withRootPassword(object, database.password);
}

/** Objects that a release must have, or a public password would stay somewhere else. */
export function holdersOf({ secrets, users, databases }: CredentialPlaces): readonly string[] {
  return [...Object.keys(secrets), users.id, ...Object.keys(databases)];
}

/** Values go into stringData, whichever of the two fields the manifest uses. */
function withValues(object: KubernetesObject, values: Readonly<Record<string, string>>): KubernetesObject {
  const { data, stringData, ...rest } = object as KubernetesObject & Record<"data" | "stringData", object | undefined>;
  const keep = (field: object | undefined) =>
    Object.fromEntries(Object.entries(field ?? {}).filter(([key]) => !(key in values)));
  return {
    ...rest,
    ...(data === undefined ? {} : { data: keep(data) }),
    stringData: { ...keep(stringData), ...values },
  };
}

function hashFromEnvironment(object: KubernetesObject, variable: string): KubernetesObject {
  const data = object["data"] as Readonly<Record<string, string>>;
  const config = load(data["config.yaml"] ?? "") as Record<string, unknown>;
  const staticPasswords = listAt(config, "staticPasswords").map((user) => {
    const { hash, ...rest } = user as Record<string, unknown>;
    return { ...rest, hashFromEnv: variable };
  });
  return { ...object, data: { ...data, "config.yaml": dump({ ...config, staticPasswords }) } };
}

/** A database that lets nobody in without a password; `password` where it reads none as shipped. */
function withRootPassword(object: KubernetesObject, password: object | undefined): KubernetesObject {
  const read = password && { name: ROOT_PASSWORD, valueFrom: { secretKeyRef: password } };
  return withEnvironment(object, (environment) => [
    ...environment.filter((variable) => textAt(variable, "name") !== EMPTY_PASSWORD),
    ...(read === undefined ? [] : [read]),
  ]);
}

function withEnvironment(
  object: KubernetesObject,
  change: (environment: readonly unknown[]) => readonly unknown[],
): KubernetesObject {
  const { spec } = object as KubernetesObject & {
    spec: { template: { spec: { containers: readonly Record<string, unknown>[] } } };
  };
  const containers = spec.template.spec.containers.map((container) => ({
    ...container,
    env: change(listAt(container, "env")),
  }));
  return {
    ...object,
    spec: { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, containers } } },
  };
}
