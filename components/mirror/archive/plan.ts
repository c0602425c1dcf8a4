import { MirrorError } from "../errors.ts";
import type { Digest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { formatBytes } from "../transfer/tally.ts";
import { blobName, type FixedName } from "./names.ts";
import { BLOCK, END, paddingOf } from "./tar.ts";

type Blob = Pick<Descriptor, "digest" | "size">;

/** A blob, or the part of one from `from` up to `to`, as a file of a volume. */
export interface Piece {
  readonly name: string;
  readonly digest: Digest;
  readonly from: number;
  readonly to: number;
}

/** One archive of a bundle. */
export interface Volume {
  /** From 1 on. */
  readonly number: number;
  readonly pieces: readonly Piece[];
}

/** A part smaller than this is not worth a file of its own. */
const SMALLEST_PIECE = 1024 * 1024;

/** Bytes of the archive that a file of so many bytes takes. */
export function archived(size: number): number {
  return BLOCK + size + paddingOf(size);
}

/**
 * Distributes blobs over volumes of at most `maxSize` bytes, each of which begins with the fixed files. A blob that does
 * not fit goes on in the next volume. The same blobs make the same volumes. Throws MirrorError E_USAGE for volumes that
 * are too small.
 */
export function planVolumes(blobs: readonly Blob[], fixedBytes: number, maxSize = Number.POSITIVE_INFINITY): Volume[] {
  const overhead = fixedBytes + END.length;
  if (maxSize < overhead + archived(SMALLEST_PIECE)) {
    throw new MirrorError("E_USAGE", `volumes of ${formatBytes(maxSize)} are too small`, {
      next: `the smallest are of ${formatBytes(overhead + archived(SMALLEST_PIECE))}: --max-size`,
    });
  }
  const volumes: Piece[][] = [[]];
  let left = maxSize - overhead;
  const room = () => Math.floor((left - BLOCK) / BLOCK) * BLOCK;
  const begin = () => {
    volumes.push([]);
    left = maxSize - overhead;
  };
  for (const { digest, size } of blobs) {
    let from = 0;
    do {
      if (size - from > room() && room() < SMALLEST_PIECE) begin();
      const to = from + Math.min(size - from, room());
      volumes.at(-1)?.push({ name: blobName(digest, from, to - from === size), digest, from, to });
      left -= archived(to - from);
      from = to;
    } while (from < size);
  }
  return volumes.map((pieces, index) => ({ number: index + 1, pieces }));
}

/** The fixed files of a volume in their order. */
export type FixedFiles = Readonly<Record<FixedName, string>>;
