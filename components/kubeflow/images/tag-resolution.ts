import { type KubernetesObject, objectId, textAt } from "../../kit/objects.ts";
import { changedAt } from "./change.ts";

const CONFIGURATION = "ConfigMap knative-serving/config-deployment";
const KEY = "registries-skipping-tag-resolving";
/** Knative's own default, which a value of ours replaces. */
const DEFAULT = "kind.local,ko.local,dev.local";

/**
 * Knative's controller asks registries itself which digest a tag has, knowing neither the authority nor the mirrors that
 * the nodes know; it leaves out the registries of this list.
 */
export function withoutTagResolution(object: KubernetesObject, registries: ReadonlySet<string>): KubernetesObject {
  if (registries.size === 0 || objectId(object) !== CONFIGURATION) return object;
  const known = (textAt(object, "data", KEY) ?? DEFAULT).split(",");
  const all = [...new Set([...known, ...[...registries].toSorted()])].join(",");
  return changedAt(object, ["data", KEY], () => all);
}
