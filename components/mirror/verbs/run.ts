import { InvalidArgumentError, Option } from "commander";
import { DURATION_PATTERN, secondsOf } from "../../kit/units.ts";
import { UserError } from "../../kit/errors.ts";
import { progressFor } from "../../kit/progress.ts";
import { exitCodeOf, MirrorError } from "../errors.ts";
import type { Failure, Outcome } from "../transfer/pull.ts";
import { formatBytes } from "../transfer/tally.ts";

/** Signals within this time are of one interrupt. */
const ONE_INTERRUPT_MS = 250;

export interface CommonFlags {
  readonly json?: boolean;
}

/** What a verb works with: where to tell how far it is, and when to stop. */
export interface Run {
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

export function jsonOption(): Option {
  return new Option("--json", "end with one JSON object on standard output; progress goes to standard error");
}

export function concurrencyOption(blobs = 4): Option {
  return new Option("--concurrency <count>", "blobs at once").argParser(parseCount).default(blobs);
}

/** Throws InvalidArgumentError for what is no whole number from 1 on. */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("it must be a whole number from 1 on.");
}

/** Seconds. Throws InvalidArgumentError for what is no duration. */
export function parseDuration(value: string): number {
  if (DURATION_PATTERN.test(value)) return secondsOf(value);
  throw new InvalidArgumentError("it must be a duration such as 90s, 15m or 2h.");
}

/**
 * Runs the work of a verb. An interrupt stops it where it can be continued, a second one at once. With `--json` a failure
 * is told on standard output as well.
 */
export async function run<T>(
  verb: string,
  title: string,
  { json }: CommonFlags,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const interruption = new AbortController();
  let interrupted = 0;
  const interrupt = () => {
    // A terminal tells the whole group of processes, and whoever started this one may pass it on once more.
    if (interruption.signal.aborted && performance.now() - interrupted < ONE_INTERRUPT_MS) return;
    if (interruption.signal.aborted) process.exit(130);
    interrupted = performance.now();
    process.stderr.write("\nStopping; what is there stays. Run the same command again to continue.\n");
    interruption.abort(new DOMException("interrupted", "AbortError"));
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of signals) process.on(name, interrupt);
  try {
    const progress = progressFor({ json: json === true });
    return await progress.phase(title, (report) => work({ report, signal: interruption.signal }));
  } catch (error) {
    const failure = interruption.signal.aborted ? (interruption.signal.reason as Error) : error;
    if (json === true) printJson({ ok: false, verb, error: describeFailure(failure) });
    throw failure;
  } finally {
    for (const name of signals) process.off(name, interrupt);
  }
}

/** Tells how a transfer of images ended. Throws UserError where some failed, with the exit code of the failures. */
export function finish(verb: string, done: string, outcome: Outcome, seconds: number, { json }: CommonFlags): void {
  const { images, failures, bytes, signatures, left } = outcome;
  if (json === true) {
    const failed = failures.map(({ reference, error }) => ({ reference, ...describeFailure(error) }));
    printJson({
      ok: failed.length === 0,
      verb,
      images: images.length,
      bytes,
      ...signatures,
      left,
      seconds,
      failures: failed,
    });
  } else {
    process.stdout.write(`${images.length} images ${done}, ${formatBytes(bytes)} in ${seconds.toFixed(1)} s\n`);
    if (left !== undefined) {
      const blobs = `${left.blobs} blobs (${formatBytes(left.bytes)})`;
      process.stdout.write(`not in it, for the site has them: ${left.images} images, and ${blobs} of others\n`);
    }
    if (signatures !== undefined) {
      const { signed, unsigned } = signatures;
      process.stdout.write(`${signed} of the images are signed or described, ${unsigned} are not\n`);
    }
  }
  if (failures.length === 0) return;
  throw failed(failures, images.length + failures.length);
}

/** The error for images that failed, with the exit code of their failures. */
export function failed(failures: readonly Failure[], of?: number): UserError {
  const messages = [...new Set(failures.map(({ error }) => describeFailure(error).message))];
  const which = of === undefined ? "" : ` of ${of}`;
  return new UserError(`${failures.length}${which} images failed:\n${messages.join("\n")}`, {
    exitCode: exitCodeOf(failures.map(({ error }) => error)),
  });
}

export function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function describeFailure(error: unknown): { readonly code?: string; readonly message: string } {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof MirrorError ? { code: error.code, message } : { message };
}
