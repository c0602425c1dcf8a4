import { ApiError } from "../control-plane/client.ts";

export interface ReconcileOptions {
  /** Whom the log names. */
  readonly name: string;
  /** What a change of has to be answered. */
  readonly watches: readonly { onChange(listener: () => void): void }[];
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

const SETTLE_MS = 10;
/** After the first failure of a row, and at most. */
const RETRY_MS = { first: 200, most: 3000 };
const CONFLICT = 409;

/**
 * Calls `run` after changes, never twice at a time: changes that come while it runs are answered by one more call. A
 * run that fails is repeated a little later; a conflict only means that somebody else wrote first.
 */
export function reconcile(options: ReconcileOptions, run: () => Promise<void>): void {
  let isRunning = false;
  let isWanted = false;
  let failures = 0;
  let lastMessage = "";

  const trigger = (): void => {
    isWanted = true;
    if (!isRunning) void work();
  };
  const work = async (): Promise<void> => {
    isRunning = true;
    while (isWanted && !options.signal.aborted) {
      await delay(SETTLE_MS);
      isWanted = false;
      try {
        await run();
        failures = 0;
      } catch (error) {
        isWanted = true;
        tell(error);
        await delay(Math.min(RETRY_MS.first * 2 ** failures++, RETRY_MS.most));
      }
    }
    isRunning = false;
  };

  /** Once, however often it happens in a row. */
  const tell = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    if (options.signal.aborted || (error instanceof ApiError && error.status === CONFLICT)) return;
    if (message !== lastMessage) options.log(`${options.name}: ${message}`);
    lastMessage = message;
  };

  for (const watch of options.watches) watch.onChange(trigger);
  trigger();
}

/** Does all of it even where one fails, then throws the first failure. */
export async function all(work: readonly Promise<unknown>[]): Promise<void> {
  const failure = (await Promise.allSettled(work)).find((result) => result.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
