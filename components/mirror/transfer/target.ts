import { parseReference } from "../../kubeflow/images/reference.ts";
import type { Rewrite } from "../../kubeflow/images/rewrite.ts";
import { type Digest, hexOf } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import type { Place } from "./plan.ts";

const TAG_DIGITS = 12;

/** Where an image goes, and under which name there. */
export interface Target {
  readonly place: Place;
  /** The tag, or a made up one for an image that has none. */
  readonly tag: string;
}

/** The place of an image in a mirror: that to which the program's references are rewritten. */
export function targetOf(reference: string, root: Pick<Descriptor, "digest">, rewrite: Rewrite): Target {
  const { host, path: repository, tag } = rewrite(parseReference(reference));
  return { place: { host, repository }, tag: tag ?? tagOf(root.digest) };
}

/**
 * The tag of what is known by digest only: without one, the garbage collection of some registries takes it, even where
 * an index lists it.
 */
export function tagOf(digest: Digest): string {
  return `sha256-${hexOf(digest).slice(0, TAG_DIGITS)}`;
}
