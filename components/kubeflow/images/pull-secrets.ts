import { groupKind, type KubernetesObject, listAt, textAt } from "../../kit/objects.ts";
import { workloadOf } from "../order/workload.ts";
import type { Adjustment, PlannedObject } from "../plan.ts";
import { changedAt } from "./change.ts";
import type { RegistryAccount } from "./settings.ts";

/** Name of the Secret, the same in each namespace that pulls. */
export const PULL_SECRET = "registry-accounts";

/** Docker Hub is signed in to under the name that it had first. */
const DOCKER_HUB = "https://index.docker.io/v1/";

/** The sign-ins of all registries as one Secret of a namespace, as kubelets read it. */
export function pullSecret(
  namespace: string,
  accounts: readonly RegistryAccount[],
  name: string = PULL_SECRET,
): KubernetesObject {
  const auths = Object.fromEntries(
    accounts.map(({ registry, username, password }) => [
      registry === "docker.io" ? DOCKER_HUB : registry,
      { username, password, auth: Buffer.from(`${username}:${password}`).toString("base64") },
    ]),
  );
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace },
    type: "kubernetes.io/dockerconfigjson",
    stringData: { ".dockerconfigjson": JSON.stringify({ auths }) },
  };
}

/** ServiceAccounts of a profile's namespace; everything that Kubeflow starts there runs as one of them. */
const PROFILE_ACCOUNTS = ["default", "default-editor", "default-viewer"];

/**
 * What lets everything that a profile runs pull: the Secret, and ServiceAccounts that name it. The accounts are to be
 * applied as patches (server-side, after the namespace is there): the profile controller creates them where they are
 * missing and never changes them. A PodDefault for all pods would do the same but break the notebook form, which takes
 * the first label of every PodDefault's selector.
 */
export function profilePullObjects(namespace: string, accounts: readonly RegistryAccount[]): KubernetesObject[] {
  if (accounts.length === 0) return [];
  const patches = PROFILE_ACCOUNTS.map((name): KubernetesObject => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, namespace },
    imagePullSecrets: [{ name: PULL_SECRET }],
  }));
  return [pullSecret(namespace, accounts), ...patches];
}

/** Every workload and ServiceAccount of the platform with the pull secret, and one in each of their namespaces. */
export function pullSecretsAdjustment(accounts: readonly RegistryAccount[]): Adjustment {
  if (accounts.length === 0) return (objects) => objects;
  return (objects) => [
    ...secretsFor(objects, accounts),
    ...objects.map(({ object, part }) => ({ object: withPullSecret(object), part })),
  ];
}

/** A Secret belongs to the part whose object is the first of its namespace. */
function secretsFor(objects: readonly PlannedObject[], accounts: readonly RegistryAccount[]): PlannedObject[] {
  const pulling = objects.filter(({ object }) => workloadOf(object) !== undefined);
  const namespaces = Map.groupBy(pulling, ({ object }) => object.metadata.namespace ?? "default");
  return [...namespaces].flatMap(([namespace, [first]]) =>
    first === undefined ? [] : [{ object: pullSecret(namespace, accounts), part: first.part }],
  );
}

/** A workload or ServiceAccount with a pull secret of its namespace; anything else as it is. */
export function withPullSecret(object: KubernetesObject, name: string = PULL_SECRET): KubernetesObject {
  if (groupKind(object) === "ServiceAccount") return addedAt(object, ["imagePullSecrets"], name);
  if (workloadOf(object) === undefined) return object;
  const path =
    groupKind(object) === "CronJob.batch" ? ["spec", "jobTemplate", "spec", "template"] : ["spec", "template"];
  return addedAt(object, [...path, "spec", "imagePullSecrets"], name);
}

function addedAt(object: KubernetesObject, path: readonly string[], name: string): KubernetesObject {
  const present = listAt(object, ...path);
  if (present.some((reference) => textAt(reference, "name") === name)) return object;
  return changedAt(object, path, () => [...present, { name }]);
}
