/** Bytes of chunks that may lie about. */
const MOST = 8_000_000;

/**
 * Chunks that came over the network and are done with. Node.js makes a new buffer for each, and V8 counts only the small
 * object in front of it: left alone it would let hundreds of megabytes lie before it looks.
 */
export class Litter {
  #bytes = 0;

  /** Has them collected, where Node.js was started with `--expose-gc`. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < MOST) return;
    this.#bytes = 0;
    globalThis.gc?.({ type: "minor" });
  }
}
