import type { Content } from "../layout/content.ts";
import type { Digest } from "../oci/digest.ts";
import type { BlobTask } from "../transfer/plan.ts";
import type { Base, HeldBlob } from "./holdings.ts";

/** What a delta leaves to the site. */
export interface Left {
  readonly images: number;
  readonly blobs: number;
  /** Bytes of those blobs. */
  readonly bytes: number;
}

/** Nothing for what is complete. */
export function leftBy({ base }: Pick<Content, "base">): { readonly left?: Left } {
  if (base === undefined) return {};
  const bytes = [...base.blobs.values()].reduce((sum, { size }) => sum + size, 0);
  return { left: { images: base.images.size, blobs: base.blobs.size, bytes } };
}

/** What is to be fetched, and what the site has of the same size. */
export function divided(
  all: readonly BlobTask[],
  base: Base | undefined,
): { readonly tasks: readonly BlobTask[]; readonly lent: ReadonlyMap<Digest, HeldBlob> } {
  const tasks: BlobTask[] = [];
  const lent = new Map<Digest, HeldBlob>();
  for (const task of all) {
    const { digest, size } = task.blob;
    const held = base?.blobs.get(digest);
    if (held?.size === size) lent.set(digest, held);
    else tasks.push(task);
  }
  return { tasks, lent };
}
