import { type KubernetesObject, objectId } from "../../../components/kit/objects.ts";
import { imagesOf } from "../../../components/kubeflow/images/index.ts";
import { images181 } from "../../../components/kubeflow/releases/1.8.1/images.ts";
import { goneRegistries181 } from "../../../components/kubeflow/releases/1.8.1/replacements.ts";

/**
 * Images below registries that are gone: those that objects name in any of the known forms or that programs have
 * compiled in and no setting of theirs changes, and any other mention, in whatever text.
 */
export function goneReferences(objects: readonly KubernetesObject[]): string[] {
  const listed = imagesOf(objects, images181.places)
    .filter(({ reference }) => goneRegistries181.some((registry) => reference.startsWith(`${registry}/`)))
    .map(({ object, field, reference }) => `${object} ${field}: ${reference}`);
  const mentioned = objects.flatMap((object) => {
    const text = JSON.stringify(object);
    return goneRegistries181
      .filter((registry) => text.includes(registry))
      .map((registry) => [object, registry] as const);
  });
  return [...listed, ...mentioned.map(([object, registry]) => `${objectId(object)}: ${registry}`)];
}
