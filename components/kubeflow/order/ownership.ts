import { groupKind, type KubernetesObject } from "../../kit/objects.ts";

const WEBHOOKS = /^(Mutating|Validating)WebhookConfiguration\.admissionregistration\.k8s\.io$/;
const INJECTED = ["cert-manager.io/inject-ca-from", "cert-manager.io/inject-ca-from-secret"];

/**
 * The properties of an object that its own controllers go on to write, as `ignoreChanges` paths. Webhooks to which
 * cert-manager brings no authority are those of Istio and Knative, which write their rules, authority and failure policy.
 */
export function ownedByControllers(object: KubernetesObject): readonly string[] {
  if (!WEBHOOKS.test(groupKind(object))) return [];
  return INJECTED.some((key) => object.metadata.annotations?.[key] !== undefined) ? [] : ["webhooks"];
}
