import { groupKind, type KubernetesObject, listAt, textAt } from "../../kit/objects.ts";
import type { Repair } from "./repair.ts";

const INJECT = "cert-manager.io/inject-ca-from";

export const idleConversions: Repair = {
  name: "idle-conversions",
  why: "CRDs with one version ask for a conversion webhook that is never called; with the placeholder authority Kubernetes 1.31 and newer do not serve them (InvalidCABundle), so nothing that waits for them ends",
  evidence: "kubernetes/kubernetes#124061, kserve/kserve#4002; Kubeflow 1.9.1 removed the stanza",
  apply: (object) => {
    if (groupKind(object) !== "CustomResourceDefinition.apiextensions.k8s.io") return object;
    const isIdle = listAt(object, "spec", "versions").length === 1;
    if (!isIdle || textAt(object, "spec", "conversion", "strategy") !== "Webhook") return object;
    const { conversion, ...spec } = object["spec"] as Record<string, unknown>;
    return { ...object, metadata: withoutInjection(object), spec };
  },
};

function withoutInjection({ metadata }: KubernetesObject): KubernetesObject["metadata"] {
  const { annotations: all, ...rest } = metadata;
  const { [INJECT]: _authority, ...annotations } = all ?? {};
  return Object.keys(annotations).length === 0 ? rest : { ...rest, annotations };
}
