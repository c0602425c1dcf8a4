import type { Effect } from "../providers/provider.ts";
import type { Diagnostic } from "./analyzer.ts";
import type { Failure, HostEvent, HostEventType, ObjectCounts, Registration } from "./resources.ts";
import { redact, secretStrings, type Properties } from "./values.ts";

/** Whom an event is about. */
export type Subject = Pick<Registration, "type" | "name" | "parent" | "inputs"> & { readonly urn: string };

/** What happened in a run: told at once to whoever listens, and counted. Nothing secret gets past it. */
export class Ledger {
  readonly failures: Failure[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #listener: (event: HostEvent) => void;
  readonly #effects = new Map<string, Effect | "deleted">();
  readonly #retried = new Set<string>();

  constructor(listener: (event: HostEvent) => void) {
    this.#listener = listener;
  }

  get objects(): ObjectCounts {
    const counts = { created: 0, changed: 0, unchanged: 0, deleted: 0 };
    for (const effect of this.#effects.values()) if (effect !== "simulated") counts[effect]++;
    return counts;
  }

  get retried(): number {
    return this.#retried.size;
  }

  /** `begun` is when the operation began, on the clock of `performance.now()`. */
  tell(type: HostEventType, subject: Subject, begun?: number, message?: string): void {
    if (type === "retrying") this.#retried.add(subject.urn);
    this.#listener({
      type,
      urn: subject.urn,
      resourceType: subject.type,
      name: subject.name,
      ...(subject.parent !== undefined && { parent: subject.parent }),
      ...(begun !== undefined && { seconds: (performance.now() - begun) / 1000 }),
      ...(message !== undefined && { message }),
    });
  }

  count(urn: string, effect: Effect | "deleted"): void {
    this.#effects.set(urn, effect);
  }

  judge(diagnostics: readonly Diagnostic[]): void {
    this.diagnostics.push(...diagnostics);
  }

  /** An operation that was interrupted is told, but is not a failure of its own. */
  fail(subject: Subject, error: unknown, interrupted: boolean, begun?: number): void {
    const message = messageOf(error, subject.inputs);
    if (!interrupted) this.failures.push({ urn: subject.urn, message });
    this.tell("failed", subject, begun, message);
  }
}

/** The error's message without the secrets of the inputs. */
export function messageOf(error: unknown, inputs: Properties): string {
  return redact(error instanceof Error ? error.message : String(error), secretStrings(inputs));
}
