import { z } from "zod";
import type { KubernetesSubject } from "../resource.ts";

/** Parameter of rules that ask less of the platform's own programs than of those of its users. */
export const platformNamespaces = z
  .array(z.string())
  .default(["auth", "cert-manager", "istio-system", "knative-eventing", "knative-serving", "kube-system", "kubeflow"])
  .describe("Namespaces whose workloads are the platform's own; all others are its users'");

const WORKLOADS: ReadonlySet<string> = new Set([
  ...["Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob"],
]);

/**
 * Whether an object is a program of the platform itself. Templates in its namespaces, such as those that ConfigMaps hold
 * for trials, make pods of users.
 */
export function isOfPlatform(object: KubernetesSubject, namespaces: readonly string[]): boolean {
  return isWorkload(object) && namespaces.includes(object.namespace ?? "");
}

/** Whether an object is one of the cluster's own workloads: no custom resource, and no template that is text. */
export function isWorkload(object: KubernetesSubject): boolean {
  return WORKLOADS.has(object.kind) && isOfItsOwn(object);
}

/** Whether an object is one of the cluster's and not one that stands within another, perhaps as text. */
export function isOfItsOwn(object: KubernetesSubject): boolean {
  return object.resource.objects.some(({ value }) => value === object.value);
}
