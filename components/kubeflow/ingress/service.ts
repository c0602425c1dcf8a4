import { type KubernetesObject, objectId } from "../../kit/objects.ts";
import type { EntranceNames } from "./names.ts";
import type { IngressSettings } from "./settings.ts";

/** The ingress gateway's Service, reachable as the settings ask. */
export function exposed(
  object: KubernetesObject,
  { type = "ClusterIP", annotations, sourceRanges }: IngressSettings["service"],
  { ingressService }: EntranceNames,
) {
  if (objectId(object) !== ingressService) return object;
  const { metadata } = object;
  const all = { ...metadata.annotations, ...annotations };
  return {
    ...object,
    metadata: Object.keys(all).length === 0 ? metadata : { ...metadata, annotations: all },
    spec: {
      ...(object["spec"] as object),
      type,
      ...(sourceRanges.length === 0 ? {} : { loadBalancerSourceRanges: sourceRanges }),
    },
  };
}
