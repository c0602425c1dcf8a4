import { groupOf, type KubernetesObject } from "../../kit/objects.ts";

const INJECTED = ["cert-manager.io/inject-ca-from", "cert-manager.io/inject-ca-from-secret"];

/**
 * The properties of an object that its own controllers go on to write, as `ignoreChanges` paths. Webhooks to which
 * cert-manager brings no authority are those of Istio and Knative, which write their rules, authority and failure policy.
 */
export function ownedByControllers(object: KubernetesObject): readonly string[] {
  if (groupOf(object.apiVersion) !== "admissionregistration.k8s.io") return [];
  return INJECTED.some((key) => object.metadata.annotations?.[key] !== undefined) ? [] : ["webhooks"];
}
