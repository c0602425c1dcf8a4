import { type Command, CommanderError } from "commander";
import { UserError } from "./errors.ts";

/** Exit code of a command that its user interrupted. */
export const INTERRUPTED = 130;

/**
 * Runs a command line and sets the exit code: 0 ok, 1 failed, 2 usage or settings, 3 policy, 130 interrupted. Errors for
 * people are printed as they are; any other error is a defect of this project and keeps its stack trace.
 */
export async function runCli(command: Command, argv: readonly string[] = process.argv): Promise<void> {
  throwing(command);
  try {
    await command.parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCodeFor(error);
    if (error instanceof UserError) process.stderr.write(`\n${error.message}\n`);
    else if (!(error instanceof CommanderError) && process.exitCode !== INTERRUPTED) console.error(error);
  }
}

function exitCodeFor(error: unknown): number {
  if (error instanceof UserError) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof Error && error.name === "AbortError" ? INTERRUPTED : 1;
}

/** Commander ends the process by itself where a command, at any depth, does not say otherwise. */
function throwing(command: Command): void {
  command.exitOverride();
  for (const subcommand of command.commands) throwing(subcommand);
}
