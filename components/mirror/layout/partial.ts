import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { MirrorError } from "../errors.ts";
import { short } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import type { BlobSink } from "../registry/download.ts";
import type { Buffers } from "./buffers.ts";
import type { Hasher, Hashing } from "./hasher.ts";

/** A link that somebody laid there is not written through. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** What blobs that are being written share. */
export interface Means {
  readonly hasher: Hasher;
  readonly buffers: Buffers;
}

/**
 * A blob that is being written. It carries the name that it will have and the ending `.partial`, so that a later run
 * continues it without any other record; it gets its name only once its digest is right.
 */
export class PartialBlob implements BlobSink {
  readonly #blob: Descriptor;
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #hasher: Hasher;
  #hashing: Hashing;
  readonly #buffers: Buffers;
  #gathered: Buffer | undefined;
  #gatheredBytes = 0;
  #written: number;
  #writing: Promise<void> | undefined;

  private constructor(blob: Descriptor, file: string, handle: FileHandle, means: Means, length: number) {
    const { hasher, buffers } = means;
    this.#blob = blob;
    this.#file = file;
    this.#handle = handle;
    this.#hasher = hasher;
    this.#buffers = buffers;
    this.#written = length;
    this.#hashing = hasher.open(partialOf(file));
    this.#hashing.upTo(length);
  }

  /** Opens what an earlier run left of the blob that is to become `file`, or begins it. */
  static async open(blob: Descriptor, file: string, means: Means): Promise<PartialBlob> {
    const handle = await open(partialOf(file), APPEND);
    const { size } = await handle.stat();
    if (size > blob.size) await handle.truncate(0);
    return new PartialBlob(blob, file, handle, means, size > blob.size ? 0 : size);
  }

  get length(): number {
    return this.#written + this.#gatheredBytes;
  }

  /** Copies the chunk, which may be used for something else at once. */
  write(chunk: Buffer): Promise<void> | undefined {
    let wait: Promise<void> | undefined;
    for (let from = 0; from < chunk.length;) {
      const buffer = (this.#gathered ??= this.#buffers.take());
      const count = chunk.copy(buffer, this.#gatheredBytes, from);
      from += count;
      this.#gatheredBytes += count;
      if (this.#gatheredBytes === buffer.length) wait = this.#flush();
    }
    return wait;
  }

  async reset(): Promise<void> {
    await this.#writing;
    this.#gatheredBytes = 0;
    await this.#handle.truncate(0);
    this.#written = 0;
    this.#hashing.abandon();
    this.#hashing = this.#hasher.open(partialOf(this.#file));
  }

  /** Gives the blob its name. Throws MirrorError E_DIGEST, and forgets what is there, where the digest is wrong. */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#writing;
    const [digest] = await Promise.all([this.#hashing.finish(), this.#handle.datasync()]);
    if (digest !== this.#blob.digest) {
      await this.#handle.close();
      await rm(partialOf(this.#file), { force: true });
      throw new MirrorError("E_DIGEST", `blob ${short(this.#blob.digest)}: got ${short(digest)}`);
    }
    await this.#handle.close();
    await rename(partialOf(this.#file), this.#file);
  }

  /** Leaves what is there for a later run. */
  async leave(): Promise<void> {
    await this.#flush()?.catch(() => undefined);
    await this.#writing?.catch(() => undefined);
    this.#hashing.abandon();
    await this.#handle.close();
  }

  /** Writes and hashes behind what arrives: the wait is for the bytes before. */
  #flush(): Promise<void> | undefined {
    const before = this.#writing;
    const buffer = this.#gathered;
    const bytes = this.#gatheredBytes;
    if (buffer === undefined || bytes === 0) return before;
    this.#gathered = undefined;
    this.#gatheredBytes = 0;
    this.#written += bytes;
    const write = async () => {
      await before;
      const content = buffer.subarray(0, bytes);
      // As often as it takes: a disk that fills up takes a part.
      await Promise.all([this.#handle.writeFile(content), this.#hashing.update(content)]);
      this.#buffers.give(buffer);
    };
    this.#writing = write();
    // Seen by whoever waits next; until then it is not unhandled.
    this.#writing.catch(() => undefined);
    return before;
  }
}

export function partialOf(file: string): string {
  return `${file}.partial`;
}
