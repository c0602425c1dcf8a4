import { Worker } from "node:worker_threads";
import type { Digest } from "../oci/digest.ts";
import type { HashAnswer, HashOrder } from "./hash-worker.ts";

interface Thread {
  readonly worker: Worker;
  /** What it was asked and has not answered. */
  readonly asked: Map<number, PromiseWithResolvers<Digest>>;
}

/** Hashes files in threads of their own, which share the processors. They begin with the first file. */
export class Hasher {
  readonly #threads: Thread[] = [];
  readonly #size: number;
  #next = 0;

  constructor(threads = 1) {
    this.#size = threads;
  }

  /** The digest of `length` bytes of a file. */
  hash(file: string, length: number, offset = 0): Promise<Digest> {
    const { worker, asked } = this.#leastLoaded();
    const id = this.#next++;
    const answer = Promise.withResolvers<Digest>();
    asked.set(id, answer);
    // What it still has to do keeps this process alive, idling does not.
    worker.ref();
    worker.postMessage({ id, file, offset, length } satisfies HashOrder);
    return answer.promise;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()));
  }

  #leastLoaded(): Thread {
    const idlest = this.#threads.toSorted((a, b) => a.asked.size - b.asked.size)[0];
    if (idlest !== undefined && (idlest.asked.size === 0 || this.#threads.length >= this.#size)) return idlest;
    return this.#begin();
  }

  #begin(): Thread {
    const worker = new Worker(new URL("./hash-worker.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
    });
    const asked = new Map<number, PromiseWithResolvers<Digest>>();
    worker.on("message", ({ id, hex, error }: HashAnswer) => {
      if (hex === undefined) asked.get(id)?.reject(error ?? new Error("nothing was hashed"));
      else asked.get(id)?.resolve(`sha256:${hex}`);
      asked.delete(id);
      if (asked.size === 0) worker.unref();
    });
    const thread = { worker, asked };
    worker.on("error", (error) => {
      this.#threads.splice(this.#threads.indexOf(thread), 1);
      for (const answer of asked.values()) answer.reject(error);
    });
    this.#threads.push(thread);
    return thread;
  }
}
