import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { parentPort } from "node:worker_threads";

/** What the thread that hashes is told: the digest of `length` bytes of a file, from `offset` on. */
export interface HashOrder {
  readonly id: number;
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

export interface HashAnswer {
  readonly id: number;
  readonly hex?: string;
  readonly error?: Error;
}

const port = parentPort;
const buffer = Buffer.allocUnsafeSlow(1024 * 1024);

port?.on("message", (order: HashOrder) => {
  const { id } = order;
  try {
    port.postMessage({ id, hex: hashed(order) } satisfies HashAnswer);
  } catch (error) {
    port.postMessage({ id, error: error as Error } satisfies HashAnswer);
  }
});

function hashed({ file, offset, length }: HashOrder): string {
  const hash = createHash("sha256");
  const descriptor = openSync(file, "r");
  try {
    for (let position = 0; position < length;) {
      const wanted = Math.min(buffer.length, length - position);
      const count = readSync(descriptor, buffer, 0, wanted, offset + position);
      if (count === 0) throw new Error(`${file} ends after ${offset + position} bytes`);
      hash.update(count === buffer.length ? buffer : buffer.subarray(0, count));
      position += count;
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest("hex");
}
