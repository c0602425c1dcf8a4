import { type FileHandle, open } from "node:fs/promises";
import { MirrorError } from "../errors.ts";
import { BLOCK, paddingOf, readHeader, type TarEntry } from "./tar.ts";

/**
 * What an archive's files are given to, in chunks that hold until it is ready for more. `undefined` passes over a file, whose
 * content stands at `position`.
 */
export type Take = (
  entry: TarEntry,
  position: number,
) =>
  | ((chunk: Buffer) => Promise<void> | undefined)
  | undefined
  | Promise<((chunk: Buffer) => Promise<void> | undefined) | undefined>;

const READ_AT_ONCE = 1024 * 1024;

/**
 * Reads an archive once, from beginning to end. Throws MirrorError E_BUNDLE for an archive that is cut off, goes on after
 * its end, holds a name twice, or whatever `readHeader` refuses.
 */
export async function readArchive(file: string, take: Take, done: (entry: TarEntry) => Promise<void>): Promise<void> {
  const handle = await open(file, "r");
  try {
    await new ArchiveReader(handle, file).read(take, done);
  } finally {
    await handle.close();
  }
}

class ArchiveReader {
  readonly #handle: FileHandle;
  readonly #file: string;
  readonly #names = new Set<string>();
  readonly #buffer = Buffer.allocUnsafeSlow(READ_AT_ONCE);
  #position = 0;

  constructor(handle: FileHandle, file: string) {
    this.#handle = handle;
    this.#file = file;
  }

  async read(take: Take, done: (entry: TarEntry) => Promise<void>): Promise<void> {
    for (;;) {
      const entry = readHeader(await this.#bytes(BLOCK), this.#file);
      if (entry === undefined) return this.#end();
      if (this.#names.has(entry.name)) throw this.#refuse(`${JSON.stringify(entry.name)} is there twice`);
      this.#names.add(entry.name);
      const write = await take(entry, this.#position);
      if (write === undefined) this.#position += entry.size;
      else await this.#pass(entry.size, write);
      this.#position += paddingOf(entry.size);
      if (!entry.isFolder) await done(entry);
    }
  }

  async #pass(size: number, write: (chunk: Buffer) => Promise<void> | undefined): Promise<void> {
    for (let left = size; left > 0;) {
      const chunk = await this.#bytes(Math.min(left, READ_AT_ONCE));
      await write(chunk);
      left -= chunk.length;
    }
  }

  async #end(): Promise<void> {
    if (readHeader(await this.#bytes(BLOCK), this.#file) !== undefined) throw this.#refuse("its end is damaged");
    const rest = this.#buffer;
    for (;;) {
      const { bytesRead } = await this.#handle.read(rest, 0, rest.length, this.#position);
      if (bytesRead === 0) return;
      if (!rest.subarray(0, bytesRead).every((byte) => byte === 0)) throw this.#refuse("something follows its end");
      this.#position += bytesRead;
    }
  }

  async #bytes(count: number): Promise<Buffer> {
    const buffer = this.#buffer.subarray(0, count);
    let length = 0;
    while (length < count) {
      const { bytesRead } = await this.#handle.read(buffer, length, count - length, this.#position + length);
      if (bytesRead === 0) throw this.#refuse("it is cut off");
      length += bytesRead;
    }
    this.#position += count;
    return buffer;
  }

  #refuse(why: string): MirrorError {
    return new MirrorError("E_BUNDLE", `${this.#file}: ${why}`, { next: "carry the file over again" });
  }
}
