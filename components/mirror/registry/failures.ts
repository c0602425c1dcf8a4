import errors from "undici/lib/core/errors.js";
import { systemErrorCode } from "../../kit/errors.ts";
import { parseJson } from "../../kit/json.ts";
import { textAt } from "../../kit/objects.ts";
import { describe } from "./address.ts";
import type { HttpResponse } from "./exchange.ts";

/** An answer that is none: the status was not among those asked for. */
export class StatusError extends Error {
  readonly status: number;
  /** The registry's own code, such as `MANIFEST_UNKNOWN`. */
  readonly code: string | undefined;
  /** What the registry said, for people. */
  readonly detail: string;
  /** Milliseconds the registry asks to wait. */
  readonly retryAfter: number | undefined;

  constructor(status: number, url: URL, response: HttpResponse, body: string) {
    const said = saidIn(body);
    super(`${describe(url)} answers ${status}${said.detail === "" ? "" : `: ${said.detail}`}`);
    this.name = "StatusError";
    this.status = status;
    this.code = said.code;
    this.detail = said.detail;
    this.retryAfter = retryAfterOf(response.header("retry-after"));
  }

  /** For messages: `403 (DENIED: requested access is denied)`. */
  get said(): string {
    return `${this.status}${this.detail === "" ? "" : ` (${this.detail})`}`;
  }
}

/** The connection or the answer broke: the same may work the next time. */
export class Interrupted extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "Interrupted";
  }
}

const TRANSIENT_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Codes of the system that another try may not meet. A name that does not resolve and a bad certificate stay. */
const TRANSIENT_CODES = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "EAI_AGAIN",
]);

/** Whether the same request may succeed later. */
export function isTransient(error: unknown): boolean {
  if (error instanceof StatusError) return TRANSIENT_STATUS.has(error.status);
  if (error instanceof Interrupted) return true;
  if (error instanceof errors.RequestAbortedError) return false;
  // What comes unasked before an answer, as after a HEAD to a server that is wrong, does not come on the next connection.
  if (error instanceof errors.HTTPParserError) return true;
  if (error instanceof errors.UndiciError && !(error instanceof errors.InvalidArgumentError)) return true;
  const cause = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return TRANSIENT_CODES.has(systemErrorCode(cause) ?? "");
}

/** Seconds or a date, as milliseconds from `now`. */
export function retryAfterOf(header: string | undefined, now: number = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  const milliseconds = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

const LONGEST_DETAIL = 300;

function saidIn(body: string): { readonly code: string | undefined; readonly detail: string } {
  const answer = parseJson(body);
  if (answer === undefined) return { code: undefined, detail: body.includes("<") ? "" : printable(body.trim()) };
  const code = textAt(answer, "errors", 0, "code");
  const message = textAt(answer, "errors", 0, "message");
  return { code, detail: printable([code, message].filter(Boolean).join(": ")) };
}

/** A server's words on a terminal: one line, no control characters. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").slice(0, LONGEST_DETAIL);
}
