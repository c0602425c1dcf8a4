import { groupKind, type KubernetesObject } from "../../kit/objects.ts";
import { type Inventory, inventoryOf } from "./inventory.ts";
import { replicasOf } from "./workload.ts";

const WAIT_FOR = "pulumi.com/waitFor";
const SKIP_AWAIT = "pulumi.com/skipAwait";

/** What an object must reach, beyond what the provider waits for by itself, before the next wave may begin. */
const READY: Readonly<Record<string, string>> = {
  "CustomResourceDefinition.apiextensions.k8s.io": "condition=Established",
  "Certificate.cert-manager.io": "condition=Ready",
  "ClusterIssuer.cert-manager.io": "condition=Ready",
  "Issuer.cert-manager.io": "condition=Ready",
  "MutatingWebhookConfiguration.admissionregistration.k8s.io": "jsonpath={.webhooks[*].clientConfig.caBundle}",
  "ValidatingWebhookConfiguration.admissionregistration.k8s.io": "jsonpath={.webhooks[*].clientConfig.caBundle}",
};

/**
 * The objects of a set with the provider's await annotations: what is ready only when others have acted on it is
 * awaited, and what can never become ready by itself is not.
 */
export function withReadiness(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const inventory = inventoryOf(objects);
  return objects.map((object) => {
    const waitFor = READY[groupKind(object)];
    if (waitFor !== undefined) return annotated(object, WAIT_FOR, waitFor);
    return isNeverReady(object, inventory) ? annotated(object, SKIP_AWAIT, "true") : object;
  });
}

/** A claim binds only when a pod uses it; a Service in front of nothing gets no endpoints. */
function isNeverReady(object: KubernetesObject, inventory: Inventory): boolean {
  switch (groupKind(object)) {
    case "PersistentVolumeClaim":
      return true;
    case "Service":
      return !inventory.behind(object).some((workload) => replicasOf(workload.object) > 0);
    default:
      return false;
  }
}

function annotated(object: KubernetesObject, key: string, value: string): KubernetesObject {
  const annotations = { ...object.metadata.annotations, [key]: value };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
