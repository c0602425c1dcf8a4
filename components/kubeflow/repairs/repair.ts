import type { KubernetesObject } from "../../kit/objects.ts";

/** A named change to the release's objects, with the reason why the release cannot be applied as it is. */
export interface Repair {
  readonly name: string;
  /** What goes wrong without it, for docs and previews. */
  readonly why: string;
  /** Where that is known from. */
  readonly evidence: string;
  /** The repaired object, or the very same object where there is nothing to repair. */
  readonly apply: (object: KubernetesObject) => KubernetesObject;
}
