import { groupOf, type KubernetesObject, listAt, textAt } from "../../kit/objects.ts";
import type { Repair } from "./repair.ts";

/** A line feed, or nothing: what generators write where cert-manager will put the authority. */
const PLACEHOLDERS = new Set(["Cg==", ""]);

export const placeholderCaBundles: Repair = {
  name: "placeholder-ca-bundles",
  why: "webhook configurations carry `caBundle: Cg==`; applying them again overwrites the authority that cert-manager injected, and every request fails until it is injected again",
  evidence: "kubernetes/kubernetes#124061, kserve/kserve#4002",
  apply: (object) => {
    if (groupOf(object.apiVersion) !== "admissionregistration.k8s.io") return object;
    const webhooks = listAt(object, "webhooks");
    if (!webhooks.some(hasPlaceholder)) return object;
    return { ...object, webhooks: webhooks.map((webhook) => (hasPlaceholder(webhook) ? withoutCa(webhook) : webhook)) };
  },
};

function hasPlaceholder(webhook: unknown): boolean {
  const ca = textAt(webhook, "clientConfig", "caBundle");
  return ca !== undefined && PLACEHOLDERS.has(ca);
}

function withoutCa(webhook: unknown): unknown {
  const { clientConfig, ...rest } = webhook as KubernetesObject & { clientConfig: Record<string, unknown> };
  const { caBundle, ...client } = clientConfig;
  return { ...rest, clientConfig: client };
}
