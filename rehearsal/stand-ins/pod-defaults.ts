import { isDeepStrictEqual } from "node:util";
import type {
  V1Container,
  V1EnvFromSource,
  V1EnvVar,
  V1LocalObjectReference,
  V1Pod,
  V1PodSpec,
  V1Toleration,
  V1Volume,
  V1VolumeMount,
} from "@kubernetes/client-node";
import type { LabelSelector } from "./cluster.ts";
import { meets } from "../../components/kit/selectors.ts";
import type { Stored } from "./store.ts";

/** kubeflow.org/v1alpha1 PodDefault. */
export interface PodDefault extends Stored {
  readonly spec: {
    readonly selector: LabelSelector;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly automountServiceAccountToken?: boolean;
    readonly serviceAccountName?: string;
    readonly command?: readonly string[];
    readonly args?: readonly string[];
    readonly env?: readonly V1EnvVar[];
    readonly envFrom?: readonly V1EnvFromSource[];
    readonly imagePullSecrets?: readonly V1LocalObjectReference[];
    readonly initContainers?: readonly V1Container[];
    readonly sidecars?: readonly V1Container[];
    readonly tolerations?: readonly V1Toleration[];
    readonly volumes?: readonly V1Volume[];
    readonly volumeMounts?: readonly V1VolumeMount[];
  };
}

const PREFIX = "poddefault.admission.kubeflow.org";

/** Two sources that say different things of one name: the webhook then rejects the pod. */
export class PodDefaultConflict extends Error {}

/** The PodDefaults of its namespace that select a pod; none where the pod excludes itself. */
export function defaultsFor(pod: V1Pod, namespace: string, defaults: readonly PodDefault[]): PodDefault[] {
  if (pod.metadata?.annotations?.[`${PREFIX}/exclude`] === "true") return [];
  return defaults.filter(
    ({ metadata, spec }) => metadata.namespace === namespace && meets(pod.metadata?.labels ?? {}, spec.selector),
  );
}

/** The pod with the PodDefaults applied. Throws PodDefaultConflict. */
export function withDefaults(pod: V1Pod, defaults: readonly PodDefault[]): V1Pod {
  if (pod.spec === undefined || defaults.length === 0) return pod;
  const specs = defaults.map(({ spec }) => spec);
  const marks = defaults.map(({ metadata }) => [`${PREFIX}/poddefault-${metadata.name}`, metadata.resourceVersion]);
  const serviceAccountName = specs.findLast((spec) => spec.serviceAccountName)?.serviceAccountName;
  const automount = specs.findLast((spec) => spec.automountServiceAccountToken !== undefined);
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: mergeMap(
        pod.metadata?.labels,
        specs.map(({ labels }) => labels),
      ),
      annotations: {
        ...mergeMap(
          pod.metadata?.annotations,
          specs.map(({ annotations }) => annotations),
        ),
        ...(Object.fromEntries(marks) as Record<string, string>),
      },
    },
    spec: {
      ...pod.spec,
      ...lists(pod.spec, specs),
      ...(serviceAccountName !== undefined && { serviceAccountName }),
      ...(automount?.automountServiceAccountToken !== undefined && {
        automountServiceAccountToken: automount.automountServiceAccountToken,
      }),
    },
  };
}

type Spec = PodDefault["spec"];

function lists(pod: V1PodSpec, specs: readonly Spec[]): Partial<V1PodSpec> & Pick<V1PodSpec, "containers"> {
  const merged = {
    volumes: merge(
      "volume",
      pod.volumes,
      specs.flatMap((spec) => spec.volumes ?? []),
      byName,
    ),
    tolerations: merge(
      "toleration",
      pod.tolerations,
      specs.flatMap((spec) => spec.tolerations ?? []),
      ({ key }) => key ?? "",
    ),
    imagePullSecrets: merge(
      "image pull secret",
      pod.imagePullSecrets,
      specs.flatMap((spec) => spec.imagePullSecrets ?? []),
      ({ name }) => name ?? "",
    ),
    initContainers: merge(
      "init container",
      pod.initContainers,
      specs.flatMap((spec) => spec.initContainers ?? []),
      byName,
    ),
  };
  const present = Object.fromEntries(
    Object.entries(merged).filter(([, list]) => list.length > 0),
  ) as Partial<V1PodSpec>;
  const containers = pod.containers.map((container) => inContainer(container, specs));
  return {
    ...present,
    containers: merge(
      "sidecar",
      containers,
      specs.flatMap((spec) => spec.sidecars ?? []),
      byName,
    ),
  };
}

function inContainer(container: V1Container, specs: readonly Spec[]): V1Container {
  const mounts = merge(
    "volume mount",
    container.volumeMounts,
    specs.flatMap((spec) => spec.volumeMounts ?? []),
    byName,
  );
  merge(
    "mount path",
    container.volumeMounts,
    specs.flatMap((spec) => spec.volumeMounts ?? []),
    ({ mountPath }) => mountPath,
  );
  const env = merge(
    "variable",
    container.env,
    specs.flatMap((spec) => spec.env ?? []),
    byName,
  );
  const envFrom = [...(container.envFrom ?? []), ...specs.flatMap((spec) => spec.envFrom ?? [])];
  const isOurs = container.name !== "istio-proxy";
  const command = container.command ?? (isOurs ? specs.find((spec) => spec.command)?.command : undefined);
  const args = container.args ?? (isOurs ? specs.find((spec) => spec.args)?.args : undefined);
  return {
    ...container,
    ...(mounts.length > 0 && { volumeMounts: mounts }),
    ...(env.length > 0 && { env }),
    ...(envFrom.length > 0 && { envFrom }),
    ...(command !== undefined && { command: [...command] }),
    ...(args !== undefined && { args: [...args] }),
  };
}

function byName({ name }: { readonly name: string }): string {
  return name;
}

/** Appends what is not there; what is there under the same key has to be the same. */
function merge<T>(what: string, present: readonly T[] = [], added: readonly T[], key: (item: T) => string): T[] {
  const merged = [...present];
  for (const item of added) {
    const found = merged.find((candidate) => key(candidate) === key(item));
    if (found === undefined) merged.push(item);
    else if (!isDeepStrictEqual(found, item)) throw conflict(what, key(item));
  }
  return merged;
}

function mergeMap(
  present: Readonly<Record<string, string>> = {},
  added: readonly (Readonly<Record<string, string>> | undefined)[],
): Record<string, string> {
  const merged = { ...present };
  for (const [key, value] of added.flatMap((map) => Object.entries(map ?? {}))) {
    if (merged[key] !== undefined && merged[key] !== value) throw conflict("label or annotation", key);
    merged[key] = value;
  }
  return merged;
}

function conflict(what: string, key: string): PodDefaultConflict {
  return new PodDefaultConflict(
    `conflict occurred while applying poddefaults: ${what} ${key} is there with another value`,
  );
}
