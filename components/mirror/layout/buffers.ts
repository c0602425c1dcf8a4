/** Bytes that are written at once. Twice as many of a blob are lost at most when the process is killed. */
export const WRITTEN_AT_ONCE = 512 * 1024;

/**
 * Buffers that are used again and again: what is allocated for every write is memory long before it is collected. There
 * are as many as were ever needed at once. Threads share their memory, so what one holds is hashed by another as it is.
 */
export class Buffers {
  readonly #free: Buffer[] = [];

  take(): Buffer {
    return this.#free.pop() ?? Buffer.from(new SharedArrayBuffer(WRITTEN_AT_ONCE));
  }

  give(buffer: Buffer): void {
    this.#free.push(buffer);
  }
}
