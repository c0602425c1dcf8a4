/**
 * An error whose message is written for the person at the terminal: shown without a stack trace.
 *
 * `next` is the step that gets them on, usually a command. `exitCode` follows the project's table: 1 failed, 2 usage
 * or settings, 3 policy; a command with a table of its own (the mirror) says so.
 */
export class UserError extends Error {
  readonly exitCode: number;
  readonly next: string | undefined;

  constructor(message: string, options: { next?: string; exitCode?: number; cause?: unknown } = {}) {
    super(options.next === undefined ? message : `${message}\n  Next: ${options.next}`, { cause: options.cause });
    this.name = "UserError";
    this.exitCode = options.exitCode ?? 1;
    this.next = options.next;
  }
}

/** The code of a Node.js system error (`ENOSPC`, `EACCES`, ...), or undefined for any other value. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
