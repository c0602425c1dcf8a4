import type { Digest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";

/** Where content can be had or is to go: a repository of a registry. */
export interface Place {
  readonly host: string;
  readonly repository: string;
}

/** An image with everything below it. */
export interface ImageGraph {
  readonly reference: string;
  readonly place: Place;
  /** What the reference stands for. */
  readonly root: Descriptor;
  /** Children before the indexes that list them, the root last. */
  readonly manifests: readonly Descriptor[];
  readonly blobs: readonly Descriptor[];
}

/** One blob, once, whichever images share it. */
export interface BlobTask {
  readonly blob: Descriptor;
  /** Every place of the images that have it, each once. */
  readonly places: readonly Place[];
  /** References of the images that are not whole without it. */
  readonly neededBy: readonly string[];
}

/** The blobs of all images, each once, the largest first: what takes longest must not begin last. */
export function blobTasks(images: readonly ImageGraph[]): BlobTask[] {
  const tasks = new Map<Digest, { blob: Descriptor; places: Map<string, Place>; neededBy: Set<string> }>();
  for (const { reference, place, blobs } of images) {
    for (const blob of blobs) {
      const task = tasks.get(blob.digest) ?? { blob, places: new Map(), neededBy: new Set() };
      task.places.set(`${place.host}/${place.repository}`, place);
      task.neededBy.add(reference);
      tasks.set(blob.digest, task);
    }
  }
  return [...tasks.values()]
    .map(({ blob, places, neededBy }) => ({ blob, places: [...places.values()], neededBy: [...neededBy] }))
    .sort((a, b) => b.blob.size - a.blob.size || (a.blob.digest < b.blob.digest ? -1 : 1));
}

export function totalBytes(tasks: readonly { readonly blob: Descriptor }[]): number {
  return tasks.reduce((sum, { blob }) => sum + blob.size, 0);
}
