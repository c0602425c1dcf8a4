import type { Base } from "../delta/holdings.ts";
import type { Digest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import type { BlobSource } from "../registry/registry.ts";

/** Content of a known size. */
export type Sized = Pick<Descriptor, "digest" | "size">;

/** Images that are there to be read: a layout on disk, or the volumes of a bundle. */
export interface Content {
  /** For messages. */
  readonly name: string;
  /** For a delta: what it leaves out. */
  readonly base?: Base | undefined;
  /** References of what it was to have and has not. */
  readonly lacking?: readonly string[];
  /** What its index lists, by full reference. */
  readonly entries: ReadonlyMap<string, Descriptor>;
  /** The bytes of a manifest, checked. Throws MirrorError E_MISSING or E_DIGEST. */
  manifest(digest: Digest): Promise<Buffer>;
  /** Whether content of the right size is there. */
  has(content: Sized): Promise<boolean>;
  source(blob: Sized): BlobSource;
  /** What the bytes of a blob really hash to. */
  rehash(blob: Sized): Promise<Digest>;
}
