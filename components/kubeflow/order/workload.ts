import { at, groupKind, type KubernetesObject, labelsAt, listAt, textAt } from "../../kit/objects.ts";

/** Kinds whose pods the controller-manager starts, and the path of their pod template. */
const POD_TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  "Deployment.apps": ["spec", "template"],
  "StatefulSet.apps": ["spec", "template"],
  "DaemonSet.apps": ["spec", "template"],
  "ReplicaSet.apps": ["spec", "template"],
  ReplicationController: ["spec", "template"],
  "Job.batch": ["spec", "template"],
  "CronJob.batch": ["spec", "jobTemplate", "spec", "template"],
};

/** An object that starts pods, with what of its pods matters to the order. */
export interface Workload {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly podSpec: unknown;
}

/** The workload that an object is, undefined for any other object. A bare Pod is its own template. */
export function workloadOf(object: KubernetesObject): Workload | undefined {
  const path = groupKind(object) === "Pod" ? [] : POD_TEMPLATES[groupKind(object)];
  if (path === undefined) return undefined;
  return {
    object,
    namespace: object.metadata.namespace ?? "default",
    labels: labelsAt(object, ...path, "metadata", "labels"),
    podSpec: at(object, ...path, "spec"),
  };
}

/** Containers of a pod, init and ephemeral ones included. */
export function containersOf(podSpec: unknown): readonly unknown[] {
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((field) => listAt(podSpec, field));
}

/** Pods that a workload asks for; undefined counts as one, the API server's default. */
export function replicasOf(object: KubernetesObject): number {
  const replicas = at(object, "spec", "replicas");
  return typeof replicas === "number" ? replicas : 1;
}

/** Whether every label of a Service's selector is on the workload's pods; an empty selector selects nothing. */
export function selects(service: KubernetesObject, workload: Workload): boolean {
  const selector = Object.entries(labelsAt(service, "spec", "selector"));
  return (
    selector.length > 0 &&
    (service.metadata.namespace ?? "default") === workload.namespace &&
    selector.every(([key, value]) => workload.labels[key] === value)
  );
}

/** ServiceAccount that a workload's pods run as. */
export function serviceAccountOf(workload: Workload): string {
  return textAt(workload.podSpec, "serviceAccountName") ?? textAt(workload.podSpec, "serviceAccount") ?? "default";
}
