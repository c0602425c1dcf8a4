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
  readonly #waiting = new Map<string, string>();
  readonly #start = performance.now();
  #done = 0;

  record(event: HostEvent): void {
    if (event.urn === "" || event.type === "log") return;
    const entry = this.#entryOf(event);
    switch (event.type) {
      case "waiting":
      case "retrying":
        entry.waitedFor = event.message;
        entry.retried ||= event.type === "retrying";
        this.#waiting.set(event.urn, event.message ?? event.name);
        break;
      case "created":
      case "updated":
      case "unchanged":
      case "failed":
        this.#done += 1;
        entry.ended = this.#seconds();
        this.#waiting.delete(event.urn);
        break;
      default:
    }
  }

  entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  /** `412 of 561 objects; waiting for Deployment kubeflow/mysql: 0 of 1 ready`. */
  progress(): string {
    const waiting = [...this.#waiting.values()];
    const more = waiting.length > 1 ? ` (and ${waiting.length - 1} more)` : "";
    const reason = waiting[0] === undefined ? "" : `; ${waiting[0]}${more}`;
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
