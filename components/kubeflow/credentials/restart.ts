import { idOf, type KubernetesObject, listAt, textAt } from "../../kit/objects.ts";
import { containersOf, workloadOf } from "../order/workload.ts";
import { withPodAnnotations } from "../pod-template.ts";
import type { Credentials } from "./derive.ts";
import { type CredentialPlaces, LABEL_OF } from "./places.ts";

/** Annotation of a pod that reads passwords: which generation of each. */
export const CREDENTIALS_ANNOTATION = "kubeflow-on-pulumi/credentials";

/**
 * A workload that reads a Secret with passwords, marked with their generations: a process reads its environment once,
 * so its pods must be replaced when a password is rotated. Any other object is returned as it is.
 */
export function restartedOnRotation(
  object: KubernetesObject,
  { fingerprints }: Credentials,
  { secrets }: CredentialPlaces,
): KubernetesObject {
  const workload = workloadOf(object);
  if (workload === undefined) return object;
  const held = secretsReadBy(workload.podSpec).flatMap((name) =>
    Object.values(secrets[idOf("Secret", workload.namespace, name)] ?? {}),
  );
  const labels = new Set(held.map((value) => LABEL_OF[value]));
  if (labels.size === 0) return object;
  const generations = [...labels].toSorted().map((label) => `${label}=${fingerprints[label]}`);
  return withPodAnnotations(object, { [CREDENTIALS_ANNOTATION]: generations.join(" ") });
}

function secretsReadBy(podSpec: unknown): readonly string[] {
  const ofContainers = containersOf(podSpec).flatMap((container) => [
    ...listAt(container, "env").map((variable) => textAt(variable, "valueFrom", "secretKeyRef", "name")),
    ...listAt(container, "envFrom").map((from) => textAt(from, "secretRef", "name")),
  ]);
  const ofVolumes = listAt(podSpec, "volumes").map((volume) => textAt(volume, "secret", "secretName"));
  return [...ofContainers, ...ofVolumes].filter((name) => name !== undefined);
}
