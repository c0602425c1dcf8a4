import { parseReference } from "../../kubeflow/images/reference.ts";
import { movingTo } from "../../kubeflow/images/rewrite.ts";
import type { Content, Sized } from "../layout/content.ts";
import type { Digest } from "../oci/digest.ts";
import type { Place } from "../transfer/plan.ts";
import { targetOf } from "../transfer/target.ts";
import { wholeGraph } from "../verify/content.ts";
import type { WantedImage } from "../list/wanted.ts";

/** A blob that a site's registry has. */
export interface HeldBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Those that have it, below the path of the mirror: `docker.io/library/mysql`. */
  readonly repositories: readonly string[];
}

/** What a site has, as an inventory, a lock or an earlier bundle says. */
export interface Holdings {
  /** Digests of whole images, by their names below the path of the mirror: `docker.io/library/mysql:8.0.26`. */
  readonly images: ReadonlyMap<string, Digest>;
  readonly blobs: ReadonlyMap<Digest, HeldBlob>;
}

/** What a delta leaves out because the site has it. */
export interface Base {
  /** Digests that whole images have there, by reference. */
  readonly images: ReadonlyMap<string, Digest>;
  readonly blobs: ReadonlyMap<Digest, HeldBlob>;
}

/** A registry that no image comes from: what lies below it is what lies below any. */
const ANY = movingTo("mirror.invalid");

/** Where an image lies below the path of a mirror; `digest` is what names it there where it has no tag. */
export function placeBelow(reference: string, digest: Digest): { readonly repository: string; readonly tag: string } {
  const { place, tag } = targetOf(reference, { digest }, ANY);
  return { repository: place.repository, tag };
}

/** The repository of a registry with an optional path that has this name below that path. */
export function placeAt(to: string, repository: string): Place {
  const { host, path } = parseReference(`${to}/image`);
  return { host, repository: `${path.slice(0, -"image".length)}${repository}` };
}

/** What of the images a site does not have, and what it has in place of the others: the same, or one of its platforms. */
export function beyond(
  wanted: readonly WantedImage[],
  { images }: Holdings,
): { readonly wanted: readonly WantedImage[]; readonly held: ReadonlyMap<string, Digest> } {
  const held = new Map<string, Digest>();
  for (const { reference, digest, platforms = [] } of wanted) {
    if (digest === undefined) continue;
    const { repository, tag } = placeBelow(reference, digest);
    const there = images.get(`${repository}:${tag}`);
    if (there !== undefined && (there === digest || platforms.includes(there))) held.set(reference, there);
  }
  return { wanted: wanted.filter(({ reference }) => !held.has(reference)), held };
}

/** What a site has once all of a bundle is there, with what the bundle itself relies on. */
export async function holdingsOf(content: Content): Promise<Holdings> {
  const gathered = new Gathered(content.base);
  for (const [reference, root] of content.entries) {
    const { blobs } = await wholeGraph(content, reference, root);
    gathered.add(reference, root.digest, blobs);
  }
  return gathered;
}

/** Holdings that grow image by image. */
export class Gathered implements Holdings {
  readonly images = new Map<string, Digest>();
  readonly blobs = new Map<Digest, HeldBlob>();

  constructor(base?: Base) {
    for (const [reference, digest] of base?.images ?? []) this.add(reference, digest, []);
    for (const [digest, blob] of base?.blobs ?? []) this.blobs.set(digest, blob);
  }

  add(reference: string, root: Digest, blobs: readonly Sized[]): void {
    const { repository, tag } = placeBelow(reference, root);
    this.images.set(`${repository}:${tag}`, root);
    for (const blob of blobs) this.blobs.set(blob.digest, heldIn(repository, blob, this.blobs.get(blob.digest)));
  }
}

/** A blob in one more repository than those in which it is known to be. */
export function heldIn(repository: string, { digest, size }: Sized, known?: HeldBlob): HeldBlob {
  const repositories = new Set([...(known?.repositories ?? []), repository]);
  return { digest, size, repositories: [...repositories].toSorted() };
}
