import { idOf, type KubernetesObject, listAt, textAt } from "../../kit/objects.ts";
import { containersOf, workloadOf } from "../order/workload.ts";
import { withPodAnnotations } from "../pod-template.ts";
import type { Credentials } from "./derive.ts";
import type { CredentialLabel } from "./labels.ts";

/** The passwords that each Secret holds. */
const HELD: Readonly<Record<string, readonly CredentialLabel[]>> = {
  "Secret auth/dex-oidc-client": ["dex/admin", "dex/oidc-client"],
  "Secret istio-system/oidc-authservice-client": ["dex/oidc-client"],
  "Secret kubeflow/mlpipeline-minio-artifact": ["object-store/access-key", "object-store/secret-key"],
  "Secret kubeflow/mysql-secret": ["pipelines/database"],
  "Secret kubeflow/katib-mysql-secrets": ["katib/database"],
};

/** Annotation of a pod that reads passwords: which generation of each. */
export const CREDENTIALS_ANNOTATION = "kubeflow-on-pulumi/credentials";

/**
 * A workload that reads a Secret with passwords, marked with their generations: a process reads its environment once,
 * so its pods must be replaced when a password is rotated. Any other object is returned as it is.
 */
export function restartedOnRotation(object: KubernetesObject, { fingerprints }: Credentials): KubernetesObject {
  const workload = workloadOf(object);
  if (workload === undefined) return object;
  const labels = new Set(
    secretsReadBy(workload.podSpec).flatMap((name) => HELD[idOf("Secret", workload.namespace, name)] ?? []),
  );
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
