import { classify } from "../components/kubeflow/retry/classify.ts";
import type { HostEvent } from "./host/index.ts";

/** When each object of a run was registered and ready, and what it waited for. Times are seconds since the journal began. */
export interface Entry {
  readonly urn: string;
  readonly resourceType: string;
  readonly name: string;
  readonly parent: string;
  readonly began: number;
  readonly ended: number;
  /** The last thing it was seen waiting for. */
  readonly waitedFor: string | undefined;
  readonly retried: boolean;
}

type Draft = { -readonly [Field in keyof Entry]: Entry[Field] };

/** Collects the events of a run and tells, in one line, how far it is. */
export class Journal {
  readonly #entries = new Map<string, Draft>();
  /** What each object that is not done waits for, as the provider tells it. */
  readonly #waiting = new Map<string, string>();
  /** What objects that failed for now are tried again for. */
  readonly #retrying = new Map<string, string>();
  readonly #errors: string[] = [];
  readonly #start = performance.now();
  #done = 0;

  record(event: HostEvent): void {
    if (event.type === "log" && event.severity === "error") this.#errors.push(event.message ?? "");
    if (event.urn === "" || event.type === "log") return;
    const entry = this.#entryOf(event);
    switch (event.type) {
      case "waiting":
        entry.waitedFor = event.message;
        this.#waiting.set(event.urn, event.message ?? event.name);
        break;
      case "retrying":
        entry.waitedFor = causeOf(event);
        entry.retried = true;
        this.#retrying.set(event.urn, causeOf(event));
        break;
      case "created":
      case "updated":
      case "unchanged":
      case "failed":
        this.#done += 1;
        entry.ended = this.#seconds();
        this.#waiting.delete(event.urn);
        this.#retrying.delete(event.urn);
        break;
      default:
    }
  }

  entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  /** What the program logged as errors. */
  errors(): readonly string[] {
    return this.#errors;
  }

  /**
   * `412 of 561 registered resources ready; waiting for Deployment kubeflow/mysql: 0 of 1 ready (and 7 more)`. What
   * objects had to be tried again for comes first, with how many they are.
   */
  progress(): string {
    const causes = [...Map.groupBy(this.#retrying.values(), (cause) => cause)]
      .map(([cause, { length }]) => `${length} ${length === 1 ? "object waits" : "objects wait"} for ${cause}`)
      .concat([...this.#waiting].filter(([urn]) => !this.#retrying.has(urn)).map(([, message]) => message));
    const more = causes.length > 1 ? ` (and ${causes.length - 1} more)` : "";
    const reason = causes[0] === undefined ? "" : `; ${causes[0]}${more}`;
    return `${this.#done} of ${this.#entries.size} registered resources ready${reason}`;
  }

  #entryOf({ urn, resourceType, name, parent = "" }: HostEvent): Draft {
    let entry = this.#entries.get(urn);
    if (entry === undefined) {
      const now = this.#seconds();
      entry = { urn, resourceType, name, parent, began: now, ended: now, waitedFor: undefined, retried: false };
      this.#entries.set(urn, entry);
    }
    return entry;
  }

  #seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }
}

/** What a retried object waits for; where that is not known, its error. */
function causeOf({ message = "", name }: HostEvent): string {
  const failure = classify(message);
  return failure.kind === "passing" ? failure.waitingFor : `another attempt: ${message === "" ? name : message}`;
}
