import { type KubernetesObject, listAt, textAt } from "../../kit/objects.ts";
import { changedAt, changedContainer } from "../images/change.ts";

/** A variable of a container: a value, or where it comes from. */
export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: object;
}

/** A workload whose container has these variables, in the place of those of the same names. */
export function withVariables(
  object: KubernetesObject,
  container: string,
  variables: readonly Variable[],
): KubernetesObject {
  const names = new Set(variables.map(({ name }) => name));
  return changedContainer(object, container, (shipped) => ({
    ...shipped,
    env: [...listAt(shipped, "env").filter((variable) => !names.has(textAt(variable, "name") ?? "")), ...variables],
  }));
}

/** A workload whose container sees all files of a ConfigMap or Secret in a folder. */
export function withFolder(
  object: KubernetesObject,
  container: string,
  { name, path, source }: { readonly name: string; readonly path: string; readonly source: object },
): KubernetesObject {
  const mounted = changedContainer(object, container, (shipped) => ({
    ...shipped,
    volumeMounts: [...listAt(shipped, "volumeMounts"), { name, mountPath: path, readOnly: true }],
  }));
  return changedAt(mounted, ["spec", "template", "spec", "volumes"], (volumes) => [
    ...((volumes ?? []) as readonly unknown[]),
    { name, ...source },
  ]);
}

/** A variable from a key of a Secret. */
export function fromSecret(name: string, secret: string, key: string): Variable {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}

/** A ConfigMap with these values in the place of those of the same keys. */
export function withData(object: KubernetesObject, values: Readonly<Record<string, string>>): KubernetesObject {
  return changedAt(object, ["data"], (data) => ({ ...(data as object), ...values }));
}

/** A Secret that holds exactly these values. */
export function withSecretValues(object: KubernetesObject, values: Readonly<Record<string, string>>): KubernetesObject {
  const { data: _, ...rest } = object;
  return { ...rest, stringData: values };
}
