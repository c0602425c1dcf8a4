import { type KubernetesObject, labelsAt, objectId, textAt } from "../../kit/objects.ts";
import { entrance181 as release } from "../releases/1.8.1/entrance.ts";

type Change = (data: Readonly<Record<string, string>>, host: string) => Readonly<Record<string, string>>;

/** Where Knative and KServe are told below which name, and with which scheme, inference services are reached. */
const CHANGES: Readonly<Record<string, Change>> = {
  [release.knativeDomain]: (data, host) => ({ ...data, [host]: "" }),
  [release.knativeNetwork]: (data) => ({ ...data, "default-external-scheme": "https" }),
  [release.inferenceServices]: (data, host) => {
    const ingress = JSON.parse(textAt(data, "ingress") ?? "{}") as object;
    return { ...data, ingress: JSON.stringify({ ...ingress, ingressDomain: host, urlScheme: "https" }, undefined, 2) };
  },
};

/** Inference services below the platform's host rather than example.com. */
export function servedBelow(object: KubernetesObject, host: string): KubernetesObject {
  const change = CHANGES[objectId(object)];
  return change === undefined ? object : { ...object, data: change(labelsAt(object, "data"), host) };
}
