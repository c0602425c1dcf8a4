import { execa } from "execa";

/**
 * Runs "$@" in a process group of its own beside a watcher that interrupts the whole group once standard input, held
 * open by the starter, closes. So no compiler outlives the starter, whichever way that ends. A shell takes standard
 * input and interrupts away from what it runs in the background, hence descriptor 3 and the watcher that stays behind.
 */
const SCRIPT = 'exec 3<&0; (cat <&3; kill -INT 0) >/dev/null 2>&1 & exec 3<&- "$@" </dev/null';

export interface TetheredOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  /** Told every line the command writes to standard error. */
  readonly onLine: (line: string) => void;
}

/**
 * Runs a command that starts processes of its own; all of them end when this process ends or `signal` is aborted.
 * Returns whether it succeeded and how it ended, in words; throws the signal's reason.
 */
export async function runTethered(
  command: string,
  args: readonly string[],
  { cwd, env, signal, onLine }: TetheredOptions,
): Promise<{ readonly ok: boolean; readonly ending: string }> {
  signal?.throwIfAborted();
  const child = execa("sh", ["-c", SCRIPT, "sh", command, ...args], {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    stdin: "pipe",
    stdout: "ignore",
    buffer: false,
    reject: false,
  });
  const release = () => child.stdin.destroy();
  signal?.addEventListener("abort", release, { once: true });
  try {
    for await (const line of child.iterable({ from: "stderr" })) onLine(line);
    const result = await child;
    signal?.throwIfAborted();
    return { ok: !result.failed, ending: result.shortMessage ?? "" };
  } finally {
    signal?.removeEventListener("abort", release);
    release();
  }
}
