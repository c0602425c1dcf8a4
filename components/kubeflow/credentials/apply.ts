import { dump, load } from "js-yaml";
import { type KubernetesObject, listAt, objectId, textAt } from "../../kit/objects.ts";
import type { Credentials } from "./derive.ts";

type Change = (object: KubernetesObject, credentials: Credentials) => KubernetesObject;

/** Where v1.8.1 ships a public password, or an empty one, and what stands there instead. */
const CHANGES: Readonly<Record<string, Change>> = {
  "Secret auth/dex-oidc-client": (object, { oidcClientSecret, adminPasswordHash }) =>
    withValues(object, { OIDC_CLIENT_SECRET: oidcClientSecret, [HASH_VARIABLE]: adminPasswordHash }),
  "Secret istio-system/oidc-authservice-client": (object, { oidcClientSecret }) =>
    withValues(object, { CLIENT_SECRET: oidcClientSecret }),
  "Secret kubeflow/mlpipeline-minio-artifact": (object, { objectStoreAccessKey, objectStoreSecretKey }) =>
    withValues(object, { accesskey: objectStoreAccessKey, secretkey: objectStoreSecretKey }),
  "Secret kubeflow/mysql-secret": (object, { pipelinesDatabasePassword }) =>
    withValues(object, { password: pipelinesDatabasePassword }),
  "Secret kubeflow/katib-mysql-secrets": (object, { katibDatabasePassword }) =>
    withValues(object, { MYSQL_ROOT_PASSWORD: katibDatabasePassword }),
  "ConfigMap auth/dex": hashFromEnvironment,
  "Deployment.apps kubeflow/mysql": (object) =>
    withEnvironment(object, (environment) => [
      ...environment.filter((variable) => textAt(variable, "name") !== EMPTY_PASSWORD),
      { name: "MYSQL_ROOT_PASSWORD", valueFrom: { secretKeyRef: { name: "mysql-secret", key: "password" } } },
    ]),
  "Deployment.apps kubeflow/katib-mysql": (object) =>
    withEnvironment(object, (environment) =>
      environment.filter((variable) => textAt(variable, "name") !== EMPTY_PASSWORD),
    ),
};

/** Dex takes its environment from the Secret dex-oidc-client. */
const HASH_VARIABLE = "DEX_USER_PASSWORD";
const EMPTY_PASSWORD = "MYSQL_ALLOW_EMPTY_PASSWORD";

/** The object with the platform's own passwords; the same object where it holds none. */
export function withCredentials(object: KubernetesObject, credentials: Credentials): KubernetesObject {
  return CHANGES[objectId(object)]?.(object, credentials) ?? object;
}

/** Objects that `withCredentials` must find in a release, or a public password would stay. */
export const HOLDERS_OF_CREDENTIALS: readonly string[] = Object.keys(CHANGES);

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

function hashFromEnvironment(object: KubernetesObject): KubernetesObject {
  const data = object["data"] as Readonly<Record<string, string>>;
  const config = load(data["config.yaml"] ?? "") as Record<string, unknown>;
  const staticPasswords = listAt(config, "staticPasswords").map((user) => {
    const { hash, ...rest } = user as Record<string, unknown>;
    return { ...rest, hashFromEnv: HASH_VARIABLE };
  });
  return { ...object, data: { ...data, "config.yaml": dump({ ...config, staticPasswords }) } };
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
