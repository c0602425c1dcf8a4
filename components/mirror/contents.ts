import { canonical } from "../kubeflow/images/reference.ts";
import type { ListedImage } from "./list/closed-list.ts";
import { targetOf } from "./list/formats.ts";

/** What a mirror holds, by the names that its images have there. */
export interface MirrorContents {
  /** Whether an image can be pulled from it by this very reference. */
  has(reference: string): Promise<boolean>;
}

/** What a mirror holds once everything of a list has been pushed to it. */
export function contentsOf(images: readonly ListedImage[], registry: string): MirrorContents {
  const held = new Set(images.map(({ reference }) => targetOf(reference, registry)));
  return { has: (reference) => Promise.resolve(held.has(canonical(reference))) };
}
