import { CHOSEN_FROM } from "./index-file.ts";
import type { Layout, Stored } from "./layout.ts";
import { hexOf, isDigest } from "../oci/digest.ts";
import { wholeGraph } from "../verify/content.ts";

/** What of a layout is needed by none of its images. */
export interface Garbage {
  /** Files that can go. */
  readonly files: readonly Stored[];
  /** Files that are needed by nothing either, but so new that an interrupted pull may go on with them. */
  readonly fresh: readonly Stored[];
}

/**
 * Finds what no listed image consists of: content of images that are listed no more, and what broken transfers left.
 * Throws MirrorError where an image is not whole: then nobody knows what it needs.
 */
export async function garbageOf(layout: Layout, before: Date): Promise<Garbage> {
  const needed = new Set<string>();
  for (const [reference, root] of layout.entries) {
    const { manifests, blobs } = await wholeGraph(layout, reference, root);
    for (const { digest } of [...manifests, ...blobs]) needed.add(hexOf(digest));
    // The index that a platform was chosen from proves that the image belongs to what the lock says.
    const chosenFrom = root.annotations?.[CHOSEN_FROM];
    if (isDigest(chosenFrom)) needed.add(hexOf(chosenFrom));
  }
  return sorted(await layout.stored(), needed, before);
}

/** Pure: sorts stored files by whether something needs them and how old they are. */
export function sorted(stored: readonly Stored[], needed: ReadonlySet<string>, before: Date): Garbage {
  const unneeded = stored.filter(({ name }) => !needed.has(name));
  return {
    files: unneeded.filter(({ modified }) => modified <= before),
    fresh: unneeded.filter(({ modified }) => modified > before),
  };
}
