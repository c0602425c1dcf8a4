import { setTimeout as sleep } from "node:timers/promises";
import { MirrorError } from "../errors.ts";
import { isTransient, StatusError } from "./failures.ts";
import type { Gate } from "./gate.ts";

export interface RetryPolicy {
  /** Tries without progress, the first included. */
  readonly attempts: number;
  /** Milliseconds of the longest first wait; each further one may be twice as long. */
  readonly base: number;
  readonly cap: number;
  /** Milliseconds up to which a registry's own wish is obeyed. */
  readonly maxWait: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

export const RETRIES: RetryPolicy = {
  attempts: 6,
  base: 500,
  cap: 30_000,
  maxWait: 900_000,
  random: () => Math.random(),
};

export interface Retrying {
  readonly host: string;
  readonly gate: Gate;
  readonly retries: RetryPolicy;
  /** Told of every wait. */
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Does work until it succeeds, waiting longer each time; what the work calls `progressed` for begins the count anew.
 * Throws MirrorError E_NETWORK or E_RATE when it gives up, anything that a further try cannot help at once.
 */
export async function retrying<T>(context: Retrying, work: (progressed: () => void) => Promise<T>): Promise<T> {
  const { host, gate, retries: policy, report, signal } = context;
  let failed = 0;
  for (;;) {
    try {
      return await work(() => (failed = 0));
    } catch (error) {
      signal?.throwIfAborted();
      if (!isTransient(error)) throw error;
      failed += 1;
      const asked = error instanceof StatusError ? error.retryAfter : undefined;
      if (asked !== undefined && asked > policy.maxWait) throw tooLong(host, error as StatusError, asked, policy);
      if (failed >= policy.attempts) throw exhausted(host, error, policy);
      const wait = asked ?? policy.random() * Math.min(policy.cap, policy.base * 2 ** (failed - 1));
      if (error instanceof StatusError && error.status === 429) gate.slowDown(wait);
      if (wait >= 1000) report(`${host}: ${reasonOf(error)}; next try in ${Math.ceil(wait / 1000)} s`);
      await sleep(wait, undefined, { ...(signal && { signal }) });
    }
  }
}

function tooLong(host: string, error: StatusError, asked: number, { maxWait }: RetryPolicy): MirrorError {
  const seconds = (milliseconds: number) => `${Math.ceil(milliseconds / 1000)} s`;
  return new MirrorError(
    "E_RATE",
    `${host}: ${error.status}, asks to wait ${seconds(asked)}, longer than --max-wait ${seconds(maxWait)}`,
    {
      next: `log in (docker login ${host}) or wait, then run the same command again: what is there stays`,
      cause: error,
    },
  );
}

function exhausted(host: string, error: unknown, { attempts }: RetryPolicy): MirrorError {
  const isRate = error instanceof StatusError && error.status === 429;
  return new MirrorError(isRate ? "E_RATE" : "E_NETWORK", `${host}: ${reasonOf(error)} (${attempts} tries)`, {
    next: "run the same command again: what is there stays",
    cause: error,
  });
}

/** A network error in words; the code of the system where there is no better one. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.message === "" ? error.name : error.message;
}
