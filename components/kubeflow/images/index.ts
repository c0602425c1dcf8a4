import { objectId } from "../../kit/objects.ts";
import { type Adjustment, each } from "../plan.ts";
import type { Companion, ReleaseImages } from "./places.ts";
import { pullSecretsAdjustment } from "./pull-secrets.ts";
import { parseReference } from "./reference.ts";
import { restartedOnChange } from "./restart.ts";
import { replacing, type Rewrite } from "./rewrite.ts";
import type { RegistryAccount } from "./settings.ts";
import { withoutTagResolution } from "./tag-resolution.ts";
import { type ImageUse, imagesOf, withImages } from "./uses.ts";

export type { ImagePlaces, ReleaseImages } from "./places.ts";
export { profilePullObjects } from "./pull-secrets.ts";
export { inOrder, movingTo, pinning, type Replacement, type Rewrite } from "./rewrite.ts";
export { type ImageUse, imagesOf } from "./uses.ts";

export interface ImageOptions {
  /** What is known of the release's images. */
  readonly images: ReleaseImages;
  /** What becomes of an image after the release's replacements: a private registry, digests. */
  readonly rewrite?: Rewrite;
  /** Sign-ins of registries. */
  readonly registries?: readonly RegistryAccount[];
}

/** Images that can be pulled, from where the settings say, with the sign-ins that the settings give. */
export function imagesAdjustment({ images, rewrite, registries = [] }: ImageOptions): Adjustment {
  const steps = [
    each((object) => withImages(object, images.places, replacing(images.replacements))),
    each((object) => images.repairs.reduce((repairing, repair) => repair.apply(repairing), object)),
    withCompanions(images.companions),
    ...(rewrite === undefined ? [] : [rewriting(images, rewrite)]),
    restartedOnChange(images.places),
    pullSecretsAdjustment(registries),
  ];
  return (objects) => steps.reduce((adjusting, adjust) => adjust(adjusting), objects);
}

/** What replaced programs need beside themselves, where those programs are. */
function withCompanions(companions: readonly Companion[]): Adjustment {
  return (objects) => {
    const present = new Map(objects.map((planned) => [objectId(planned.object), planned]));
    const added = companions.flatMap(({ beside, object }) => {
      const part = present.get(beside)?.part;
      return part === undefined || present.has(objectId(object)) ? [] : [{ object, part }];
    });
    return [...objects, ...added];
  };
}

function rewriting({ places }: ReleaseImages, rewrite: Rewrite): Adjustment {
  return (objects) => {
    const uses = imagesOf(
      objects.map(({ object }) => object),
      places,
    );
    const registries = registriesOf(uses, rewrite);
    const change = each((object) => withoutTagResolution(withImages(object, places, rewrite), registries));
    return change(objects);
  };
}

/** Registries that a rewrite moves images to. */
function registriesOf(uses: readonly ImageUse[], rewrite: Rewrite): ReadonlySet<string> {
  const before = uses.map(({ reference }) => parseReference(reference));
  const moved = before.filter((reference) => rewrite(reference).host !== reference.host);
  return new Set(moved.map((reference) => rewrite(reference).host));
}
