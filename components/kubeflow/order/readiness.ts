import { groupKind, type KubernetesObject, textAt } from "../../kit/objects.ts";

const WAIT_FOR = "pulumi.com/waitFor";
const SKIP_AWAIT = "pulumi.com/skipAwait";

/** What an object must reach, beyond what the provider waits for by itself, before the next wave may begin. */
const READY: Readonly<Record<string, string>> = {
  "CustomResourceDefinition.apiextensions.k8s.io": "condition=Established",
  "Certificate.cert-manager.io": "condition=Ready",
  "ClusterIssuer.cert-manager.io": "condition=Ready",
  "Issuer.cert-manager.io": "condition=Ready",
  // Set once all that belongs to it is there; a Profile that fails has none.
  "Profile.kubeflow.org": "jsonpath={.metadata.finalizers[*]}",
  "MutatingWebhookConfiguration.admissionregistration.k8s.io": "jsonpath={.webhooks[*].clientConfig.caBundle}",
  "ValidatingWebhookConfiguration.admissionregistration.k8s.io": "jsonpath={.webhooks[*].clientConfig.caBundle}",
};

/**
 * The objects of a set with the provider's await annotations: what is ready only when others have acted on it is
 * awaited, and what would be awaited for nothing is not.
 */
export function withReadiness(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.map(awaited);
}

/** One object with its await annotation, where it needs one. */
export function awaited(object: KubernetesObject): KubernetesObject {
  if (object.metadata.annotations?.[SKIP_AWAIT] === "true") return object;
  const waitFor = READY[groupKind(object)];
  if (waitFor !== undefined) return annotated(object, WAIT_FOR, waitFor);
  return isNotAwaited(object) ? annotated(object, SKIP_AWAIT, "true") : object;
}

/**
 * What the next wave need not wait for, or must not. A claim binds only when a pod uses it. A Service is there as soon as
 * it is created; its endpoints follow from pods that are awaited themselves, and an engine that runs few operations at
 * once would stall if Services waited for pods that are still to be created.
 */
function isNotAwaited(object: KubernetesObject): boolean {
  switch (groupKind(object)) {
    case "PersistentVolumeClaim":
      return true;
    case "Service":
      return textAt(object, "spec", "type") !== "LoadBalancer";
    default:
      return false;
  }
}

function annotated(object: KubernetesObject, key: string, value: string): KubernetesObject {
  const annotations = { ...object.metadata.annotations, [key]: value };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
