import { defined } from "../../kit/defined.ts";
import { UserError } from "../../kit/errors.ts";
import type { KubernetesObject } from "../../kit/objects.ts";
import type { NotAnImage, ReleaseImages } from "../../kubeflow/images/places.ts";
import { canonical, parseReference } from "../../kubeflow/images/reference.ts";
import { suspectsIn } from "../../kubeflow/images/scan.ts";
import { type ImageUse, imagesOf } from "../../kubeflow/images/uses.ts";
import type { PlatformImage } from "../transfer/measure.ts";

/** Where an image is named. */
export interface Origin {
  /** The way in which it is written: `container`, `ConfigMap document`, `compiled in` ... */
  readonly form: string;
  /** `Deployment.apps kubeflow/mysql` */
  readonly object: string;
  /** Where in the object, for people. */
  readonly field: string;
}

/** An image that an installation pulls, at once or when a feature is used. */
export interface ListedImage {
  /** In full: `docker.io/library/mysql:8.0.26`. */
  readonly reference: string;
  readonly origins: readonly Origin[];
  /** What the release names in its place, which can no longer be pulled. */
  readonly replacedFrom?: string;
  /** `sha256:...` of what the reference stands for; left out while unknown. */
  readonly digest?: string;
  /** Of the manifest that the digest is of; left out while unknown. */
  readonly mediaType?: string;
  /** Where it is fetched from in place of the reference, which was gone when the lock was filled. */
  readonly source?: string;
  /** Where it was looked for then, and was gone. */
  readonly tried?: readonly string[];
  /** What the reference stood for before, where the source has another image. */
  readonly substitutedFor?: string;
  /** Bytes of all that it consists of; left out while unknown. */
  readonly size?: number;
  /** What it is on each platform, where it is for several; left out while unknown. */
  readonly platforms?: readonly PlatformImage[];
}

/**
 * Every image that these objects make a cluster pull, in the order of the references. Closed: throws UserError where a
 * string of the objects looks like an image and is neither listed nor in the release's reviewed table of what is none.
 */
export function closedList(objects: readonly KubernetesObject[], images: ReleaseImages): ListedImage[] {
  const uses = imagesOf(objects, images.places);
  assertClosed(objects, uses, images);
  const replaced = new Map(images.replacements.map(({ from, to }) => [canonical(to), canonical(from)]));
  const whole = Map.groupBy(
    uses.filter(({ isWhole }) => isWhole),
    ({ reference }) => reference,
  );
  return [...whole.keys()].toSorted().map((reference): ListedImage => {
    const origins = originsOf(whole.get(reference) ?? []);
    const { digest } = parseReference(reference);
    return { reference, origins, ...defined({ replacedFrom: replaced.get(reference), digest }) };
  });
}

/** Of several mentions at one place one counts; what the programs of two environments have in common is one place. */
function originsOf(uses: readonly ImageUse[]): Origin[] {
  const origins = new Map(
    uses.map(({ form, object, field }) => [`${object}\n${field}\n${form}`, { form, object, field }]),
  );
  return [...origins.keys()].toSorted().map((key) => origins.get(key)!);
}

/** What looks like an image in the programs that a cluster has for its own sake. */
const CLUSTERS_OWN: readonly NotAnImage[] = [
  { pattern: /^k8s\.io\/cluster-autoscaler\//, why: "tag of the node groups that the autoscaler may change" },
];

function assertClosed(objects: readonly KubernetesObject[], uses: readonly ImageUse[], images: ReleaseImages): void {
  const suspects = suspectsIn(objects, uses, [...images.notImages, ...CLUSTERS_OWN]);
  if (suspects.length === 0) return;
  const lines = suspects.map(({ text, object, field }) => `  ${JSON.stringify(text)} in ${object}, ${field}`);
  throw new UserError(
    `the list of images would not be closed; unknown, but looking like images (${suspects.length}):\n${lines.join("\n")}`,
    {
      next: "add each to the release's images.ts: to `places` where it is an image, to `notImages` with a reason else",
    },
  );
}
