import { type KubernetesObject, labelsAt, objectId, textAt } from "../../kit/objects.ts";
import type { EntranceNames } from "./names.ts";

type Change = (data: Readonly<Record<string, string>>, host: string) => Readonly<Record<string, string>>;

/** Where Knative and KServe are told below which name, and with which scheme, inference services are reached. */
const CHANGES: Readonly<Record<"knativeDomain" | "knativeNetwork" | "inferenceServices", Change>> = {
  knativeDomain: (data, host) => ({ ...data, [host]: "" }),
  knativeNetwork: (data) => ({ ...data, "default-external-scheme": "https" }),
  inferenceServices: (data, host) => {
    const ingress = JSON.parse(textAt(data, "ingress") ?? "{}") as object;
    return { ...data, ingress: JSON.stringify({ ...ingress, ingressDomain: host, urlScheme: "https" }, undefined, 2) };
  },
};

const PLACES = Object.keys(CHANGES) as readonly (keyof typeof CHANGES)[];

/** Inference services below the platform's host rather than example.com. */
export function servedBelow(object: KubernetesObject, host: string, names: EntranceNames): KubernetesObject {
  const id = objectId(object);
  const place = PLACES.find((name) => names[name] === id);
  const change = place && CHANGES[place];
  return change === undefined ? object : { ...object, data: change(labelsAt(object, "data"), host) };
}
