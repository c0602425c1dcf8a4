import { Worker } from "node:worker_threads";
import type { Digest } from "../oci/digest.ts";
import type { HashAnswer, HashOrder } from "./hash-worker.ts";

/** The digest of one file, or of a part of it, taken while it is made. */
export interface Hashing {
  /** Takes what the file holds, up to so many bytes from the beginning. */
  upTo(length: number): void;
  /** Takes bytes that follow, of shared memory. Resolves once the memory may be used for something else. */
  update(bytes: Buffer): Promise<void>;
  finish(): Promise<Digest>;
  abandon(): void;
}

/** Hashes in threads of their own, so that receiving and hashing share the processors. */
export class Hasher {
  readonly #threads: { readonly worker: Worker; load: number }[] = [];
  readonly #pending = new Map<number, PromiseWithResolvers<Digest>>();
  readonly #taken = new Map<number, PromiseWithResolvers<void>>();
  readonly #size: number;
  #next = 0;

  constructor(threads = 1) {
    this.#size = threads;
  }

  /** Has a thread begin, which takes as long as some megabytes do to arrive. */
  warmUp(): void {
    if (this.#threads.length === 0) this.#begin().worker.unref();
  }

  /** Begins with the content that stands at `offset` of a file. */
  open(file: string, offset = 0): Hashing {
    const id = this.#next++;
    const thread = this.#leastLoaded();
    thread.load += 1;
    // What it still has to do keeps this process alive, idling does not.
    thread.worker.ref();
    const order = (message: HashOrder) => thread.worker.postMessage(message);
    order({ kind: "open", id, file, offset });
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      this.#taken.delete(id);
      thread.load -= 1;
      if (thread.load === 0) thread.worker.unref();
    };
    return {
      upTo: (length) => order({ kind: "upTo", id, length }),
      update: (bytes) => {
        const taken = Promise.withResolvers<void>();
        this.#taken.set(id, taken);
        order({ kind: "update", id, bytes });
        return taken.promise;
      },
      finish: () => {
        const pending = Promise.withResolvers<Digest>();
        this.#pending.set(id, pending);
        order({ kind: "finish", id });
        return pending.promise.finally(end);
      },
      abandon: () => {
        if (!isOver) order({ kind: "abandon", id });
        end();
      },
    };
  }

  /** The digest of `length` bytes of a file. */
  async hash(file: string, length: number, offset = 0): Promise<Digest> {
    const hashing = this.open(file, offset);
    hashing.upTo(length);
    return hashing.finish();
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()));
  }

  #leastLoaded(): { readonly worker: Worker; load: number } {
    const idle = this.#threads.toSorted((a, b) => a.load - b.load)[0];
    if (idle !== undefined && (idle.load === 0 || this.#threads.length >= this.#size)) return idle;
    return this.#begin();
  }

  #begin(): { readonly worker: Worker; load: number } {
    const worker = new Worker(new URL("./hash-worker.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
    });
    worker.on("message", ({ id, taken, hex, error }: HashAnswer) => {
      if (taken === true) return this.#taken.get(id)?.resolve();
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (hex === undefined) pending?.reject(error ?? new Error("nothing was hashed"));
      else pending?.resolve(`sha256:${hex}`);
    });
    worker.on("error", (error) => {
      for (const waiting of [...this.#pending.values(), ...this.#taken.values()]) waiting.reject(error);
      this.#pending.clear();
    });
    const thread = { worker, load: 0 };
    this.#threads.push(thread);
    return thread;
  }
}
