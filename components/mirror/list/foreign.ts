import type { KubernetesObject } from "../../kit/objects.ts";
import type { ImagePlaces } from "../../kubeflow/images/places.ts";
import { canonical } from "../../kubeflow/images/reference.ts";
import { type ImageUse, imagesOf } from "../../kubeflow/images/uses.ts";

/** Mentions of images that are not below a registry: those that no setting can move, and those that were forgotten. */
export function foreignUses(
  objects: readonly KubernetesObject[],
  places: ImagePlaces,
  registry: string,
): { readonly fixed: readonly ImageUse[]; readonly others: readonly ImageUse[] } {
  const prefix = canonical(`${registry}/image`).slice(0, -"image".length);
  const foreign = imagesOf(objects, places).filter(({ reference }) => !reference.startsWith(prefix));
  return {
    fixed: foreign.filter(({ rewritable }) => !rewritable),
    others: foreign.filter(({ rewritable }) => rewritable),
  };
}
