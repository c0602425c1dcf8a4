import { canonical, parseReference } from "../../components/kubeflow/images/reference.ts";
import { movingTo } from "../../components/kubeflow/images/rewrite.ts";
import type { ListedImage } from "../../components/mirror/list/closed-list.ts";
import { targetOf } from "../../components/mirror/list/formats.ts";

/**
 * How it is known that a mirror holds what a reference names: a registry has it, or the list of what was pushed; or why
 * it does not: it is missing there, or the reference names another registry.
 */
export type Holding = "resolved" | "listed" | "missing" | "foreign";

/** What a mirror holds, by the names that its images have there. */
export interface MirrorContents {
  /** Whether an image can be pulled from it by this very reference. */
  find(reference: string): Promise<Holding>;
}

/** What a mirror holds once everything of a list has been pushed to it. */
export function contentsOf(images: readonly Pick<ListedImage, "reference">[], registry: string): MirrorContents {
  const held = new Set(images.map(({ reference }) => targetOf(reference, registry)));
  return {
    find: (reference) =>
      Promise.resolve(
        isBelow(registry, reference) ? (held.has(canonical(reference)) ? "listed" : "missing") : "foreign",
      ),
  };
}

/** Whether a reference is one that a mirror could hold. */
export function isBelow(registry: string, reference: string): boolean {
  const parsed = parseReference(reference);
  return movingTo(registry)(parsed) === parsed;
}

/** The same, with images from elsewhere that are as good as held. */
export function besides(contents: MirrorContents, images: readonly string[]): MirrorContents {
  const others = new Set(images.map(canonical));
  return {
    find: (reference) => (others.has(canonical(reference)) ? Promise.resolve("listed") : contents.find(reference)),
  };
}
