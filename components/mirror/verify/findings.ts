import type { Left } from "../delta/left.ts";
import { MirrorError } from "../errors.ts";
import { type Digest, short } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { type BlobTask, totalBytes } from "../transfer/plan.ts";
import { forEachOf } from "../transfer/pool.ts";
import type { Failure } from "../transfer/pull.ts";
import { Tally } from "../transfer/tally.ts";

export interface VerifyOptions {
  /** Read and hash every blob, rather than believe sizes. */
  readonly deep: boolean;
  /** Blobs at once. */
  readonly concurrency: number;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface Verification {
  /** References of what is whole and right. */
  readonly images: readonly string[];
  readonly failures: readonly Failure[];
  /** Bytes of blobs that were read and hashed. */
  readonly hashed: number;
  /** Of a delta: what is not there to be proven. */
  readonly left?: Left;
}

/** What a verification has found so far; one finding an image is enough. */
export class Findings {
  readonly #failures = new Map<string, unknown>();

  add(reference: string, error: unknown): void {
    if (!this.#failures.has(reference)) this.#failures.set(reference, error);
  }

  /** Does one check of an image and notes how it fails. */
  async during(reference: string, check: () => Promise<void>, explain = (error: unknown) => error): Promise<void> {
    try {
      await check();
    } catch (error) {
      if (error instanceof Error && error.name === "AbortError") throw error;
      this.add(reference, explain(error));
    }
  }

  result(references: readonly string[], hashed: number): Verification {
    return {
      images: references.filter((reference) => !this.#failures.has(reference)),
      failures: [...this.#failures].map(([reference, error]) => ({ reference, error })),
      hashed,
    };
  }
}

/** Hashes every blob once and notes which images a wrong one spoils. Returns the bytes that were hashed. */
export async function hashAll(
  tasks: readonly BlobTask[],
  findings: Findings,
  where: string,
  { concurrency, report, signal }: VerifyOptions,
  hash: (task: BlobTask) => Promise<Digest>,
): Promise<number> {
  const tally = new Tally({ bytes: totalBytes(tasks), images: 0 }, report);
  await forEachOf(tasks, concurrency, async (task) => {
    signal?.throwIfAborted();
    const { blob, neededBy } = task;
    await findings.during(neededBy[0] ?? blob.digest, async () => {
      const digest = await hash(task);
      if (digest === blob.digest) return;
      for (const reference of neededBy) findings.add(reference, wrongBlob(reference, blob, digest, where));
    });
    tally.addBytes(blob.size);
  });
  return tally.bytes;
}

export function missingBlob(
  reference: string,
  blob: Descriptor,
  where: string,
  next = "fetch or import it again: what is right stays",
): MirrorError {
  return new MirrorError("E_MISSING", `${reference}: blob ${short(blob.digest)} is not in ${where}, or not whole`, {
    next,
  });
}

export function differs(reference: string, found: Digest, expected: Digest, where: string): MirrorError {
  return new MirrorError("E_DIFFERS", `${reference} is ${short(found)} in ${where}, expected is ${short(expected)}`, {
    next: "find out who changed it; pull and push bring back what is expected",
  });
}

function wrongBlob(reference: string, blob: Descriptor, found: Digest, where: string): MirrorError {
  return new MirrorError("E_DIGEST", `${reference}: blob ${short(blob.digest)} in ${where} is ${short(found)}`, {
    next: "remove it and fetch, import or push it again",
  });
}
