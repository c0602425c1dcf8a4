import type { ConfigValue } from "./index.ts";
import type { LogSeverity } from "./monitor.ts";
import type { HostEvent } from "./resources.ts";
import { redact, Secret, secretStrings } from "./values.ts";

const MOST_LINES = 50;

/** What a program said, by the Log call and on its streams, without the secrets of its configuration. */
export class Transcript {
  readonly #secrets: readonly string[];
  readonly #stopped: AbortSignal;
  readonly #emit: (event: HostEvent) => void;
  readonly #errors: string[] = [];
  readonly #stderr: string[] = [];

  /** After `stopped` the program is not listened to any more: what it says then is only that nobody answers it. */
  constructor(config: ReadonlyMap<string, ConfigValue>, stopped: AbortSignal, emit: (event: HostEvent) => void) {
    this.#secrets = secretStrings(
      [...config.values()].filter(({ secret }) => secret).map(({ value }) => new Secret(value)),
    );
    this.#stopped = stopped;
    this.#emit = emit;
  }

  /** Debug messages are dropped: the SDK sends several a resource. */
  log(severity: LogSeverity, text: string, urn = ""): void {
    if (severity === "debug" || this.#stopped.aborted) return;
    const message = redact(text, this.#secrets);
    if (severity === "error") keep(this.#errors, message);
    this.#emit({ type: "log", urn, resourceType: "", name: "", severity, message });
  }

  line(stream: "stdout" | "stderr", line: string): void {
    if (stream === "stderr") keep(this.#stderr, redact(line, this.#secrets));
    this.log(stream === "stderr" ? "warning" : "info", line);
  }

  /** Why the program failed, as far as it said: its logged errors, else the end of its stderr. */
  get reason(): string {
    return (this.#errors.length > 0 ? this.#errors : this.#stderr).join("\n");
  }
}

function keep(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > MOST_LINES) lines.shift();
}
