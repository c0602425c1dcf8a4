import type { Digest } from "../oci/digest.ts";

/** The files of a bundle beside its blobs. Each volume has all of them, so that any tells what it belongs to. */
export const FIXED = ["oci-layout", "index.json", "bundle.json", "volume.json"] as const;

export type FixedName = (typeof FIXED)[number];

/** A blob, or the part of one that begins at `from`. */
export interface BlobName {
  readonly digest: Digest;
  readonly from: number;
}

const FOLDERS = new Set(["blobs/", "blobs/sha256/", "blobs", "blobs/sha256"]);
const BLOB = /^blobs\/sha256\/([0-9a-f]{64})(?:\.at(0|[1-9][0-9]{0,14}))?$/;

export function blobName(digest: Digest, from: number, isWhole: boolean): string {
  return `blobs/sha256/${digest.slice("sha256:".length)}${isWhole ? "" : `.at${from}`}`;
}

/** What a name in an archive stands for; undefined for every name that a bundle does not have. */
export function readName(name: string): FixedName | BlobName | "folder" | undefined {
  if (FOLDERS.has(name)) return "folder";
  const fixed = FIXED.find((known) => known === name);
  if (fixed !== undefined) return fixed;
  const [, hex, from] = BLOB.exec(name) ?? [];
  return hex === undefined ? undefined : { digest: `sha256:${hex}`, from: Number(from ?? 0) };
}

/** What a volume is called: `kubeflow-images.003-of-007.tar`, or `kubeflow-images.tar` where it is the only one. */
export function volumeName(name: string, number: number, of: number): string {
  const padded = (value: number) => String(value).padStart(3, "0");
  return of === 1 ? `${name}.tar` : `${name}.${padded(number)}-of-${padded(of)}.tar`;
}
