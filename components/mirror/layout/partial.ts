import { createHash, type Hash } from "node:crypto";
import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  ftruncateSync,
  open,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";
import { MirrorError } from "../errors.ts";
import { type Digest, short } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import type { BlobSink } from "../registry/download.ts";
import { bytesOf } from "./bytes.ts";

/** A link that somebody laid there is not written through. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

const openFile = promisify(open);
const flush = promisify(fdatasync);

/**
 * A blob that is being written. It carries the name that it will have and the ending `.partial`, so that a later run
 * continues it without any other record; it gets its name only once its digest is right.
 *
 * All but what waits for the disk is done here and now, not by other threads: what arrived is in this processor's cache, and
 * to hand it over costs more than half of what is done with it. The system takes it into its memory, or makes whoever writes
 * wait while the disk is behind.
 */
export class PartialBlob implements BlobSink {
  readonly #blob: Descriptor;
  readonly #file: string;
  readonly #descriptor: number;
  /** Of the bytes that the file holds. */
  #hash: Hash = createHash("sha256");
  #length = 0;

  private constructor(blob: Descriptor, file: string, descriptor: number) {
    this.#blob = blob;
    this.#file = file;
    this.#descriptor = descriptor;
  }

  /** Opens what an earlier run left of the blob that is to become `file`, or begins it. */
  static async open(blob: Descriptor, file: string): Promise<PartialBlob> {
    const partial = new PartialBlob(blob, file, await openFile(partialOf(file), APPEND));
    try {
      const { size } = fstatSync(partial.#descriptor);
      if (size > blob.size) ftruncateSync(partial.#descriptor);
      else if (size > 0) for await (const chunk of bytesOf(partialOf(file), 0, size)) partial.#holds(chunk);
      return partial;
    } catch (error) {
      partial.leave();
      throw error;
    }
  }

  get length(): number {
    return this.#length;
  }

  write(chunk: Uint8Array): undefined {
    // As often as it takes: a disk that fills up takes a part.
    for (let rest = chunk; rest.length > 0;) {
      const count = writeSync(this.#descriptor, rest);
      this.#holds(rest.subarray(0, count));
      rest = rest.subarray(count);
    }
  }

  reset(): Promise<void> {
    ftruncateSync(this.#descriptor);
    this.#hash = createHash("sha256");
    this.#length = 0;
    return Promise.resolve();
  }

  /** Gives the blob its name. Throws MirrorError E_DIGEST, and forgets what is there, where the digest is wrong. */
  async finish(): Promise<void> {
    const digest: Digest = `sha256:${this.#hash.digest("hex")}`;
    const isRight = digest === this.#blob.digest;
    try {
      if (isRight) await flush(this.#descriptor);
    } finally {
      this.leave();
    }
    if (isRight) return renameSync(partialOf(this.#file), this.#file);
    rmSync(partialOf(this.#file), { force: true });
    throw new MirrorError("E_DIGEST", `blob ${short(this.#blob.digest)}: got ${short(digest)}`);
  }

  /** Leaves what is there for a later run. */
  leave(): void {
    closeSync(this.#descriptor);
  }

  #holds(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#length += bytes.length;
  }
}

export function partialOf(file: string): string {
  return `${file}.partial`;
}
