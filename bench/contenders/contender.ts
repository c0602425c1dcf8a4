import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { UserError } from "../../components/kit/errors.ts";

/** Runs a TypeScript file of this folder as a process of its own. Throws UserError with what it said where it fails. */
export async function runContender(file: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const { failed, stderr, shortMessage } = await execa(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", script, ...args],
    { stdin: "ignore", stdout: "ignore", reject: false, cancelSignal: signal },
  );
  signal.throwIfAborted();
  if (failed) throw new UserError(`${file} failed: ${stderr.trim() || shortMessage}`);
}
