import type { KubernetesObject } from "../../kit/objects.ts";
import { crdDescriptions } from "./crd-descriptions.ts";
import { emptyRules } from "./empty-rules.ts";
import { idleConversions } from "./idle-conversions.ts";
import { namespaces } from "./namespaces.ts";
import { placeholderCaBundles } from "./placeholder-ca-bundles.ts";
import type { Repair } from "./repair.ts";
import { serverFields } from "./server-fields.ts";

export type { Repair } from "./repair.ts";

/** What is done to the release's objects before they are applied, in this order. */
export const repairs: readonly Repair[] = [
  namespaces,
  serverFields,
  placeholderCaBundles,
  idleConversions,
  emptyRules,
  crdDescriptions,
];

/** The object as it can be applied today; the same object where no repair is due. */
export function repaired(object: KubernetesObject): KubernetesObject {
  return repairs.reduce((repairing, repair) => repair.apply(repairing), object);
}
