import { type KubernetesObject, listAt, textAt } from "../../kit/objects.ts";
import { PROFILE_LABEL } from "../../kubeflow/network/flows.ts";
import type { Guard } from "./guard.ts";

/** What guards of pods in the namespaces of profiles have in common. */
export const podsOfProfiles = {
  on: {
    group: "",
    version: "v1",
    resources: ["pods", "pods/ephemeralcontainers"],
    operations: ["CREATE", "UPDATE"],
  },
  within: { matchLabels: PROFILE_LABEL },
  // Pods that were there before a guard can still be labelled, finished and removed.
  unless: "request.operation == 'UPDATE' && object.spec == oldObject.spec",
} as const satisfies Partial<Guard>;

const FIELDS = ["containers", "initContainers", "ephemeralContainers"] as const;

/** The containers of a pod in CEL: those that stay, and those that run before them or to look into them. */
export const CONTAINERS = FIELDS.map((field) =>
  field === "containers" ? `dyn(object.spec.${field})` : `(has(object.spec.${field}) ? dyn(object.spec.${field}) : [])`,
).join(" + ");

/** The same in TypeScript, in the same order. */
export function containersIn(pod: KubernetesObject): readonly unknown[] {
  return FIELDS.flatMap((field) => listAt(pod, "spec", field));
}

/** Names of containers that meet a condition, as messages list them. */
export function namesOf(containers: readonly unknown[], isMeant: (container: unknown) => boolean): string {
  return containers
    .filter(isMeant)
    .map((container) => textAt(container, "name"))
    .join(", ");
}
