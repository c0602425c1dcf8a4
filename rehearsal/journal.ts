import { classify, webhookIn } from "../components/kubeflow/retry/classify.ts";
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

interface Wait {
  readonly message: string;
  /** What the object waits for, where that is something beyond itself. */
  readonly cause: string | undefined;
}

/** Of what objects wait for beyond themselves, in one line. */
const CAUSES_SHOWN = 3;

type Draft = { -readonly [Field in keyof Entry]: Entry[Field] };

/** Collects the events of a run and tells, in one line, how far it is. */
export class Journal {
  readonly #entries = new Map<string, Draft>();
  /** What each object that is not done waits for: its own readiness, as the provider tells it, or something else. */
  readonly #waiting = new Map<string, Wait>();
  readonly #errors: string[] = [];
  /** What objects waited for in vain, with their kinds and names. */
  readonly #unmet = new Map<string, string[]>();
  readonly #start = performance.now();
  #done = 0;

  record(event: HostEvent): void {
    if (event.type === "log" && event.severity === "error") this.#errors.push(event.message ?? "");
    if (event.urn === "" || event.type === "log") return;
    const entry = this.#entryOf(event);
    switch (event.type) {
      case "waiting":
      case "retrying": {
        const wait = waitOf(event);
        entry.waitedFor = wait.message;
        entry.retried ||= event.type === "retrying";
        this.#waiting.set(event.urn, wait);
        break;
      }
      case "created":
      case "updated":
      case "unchanged":
      case "failed":
        this.#done += 1;
        entry.ended = this.#seconds();
        if (event.type === "failed") this.#recordUnmet(event);
        this.#waiting.delete(event.urn);
        break;
      default:
    }
  }

  entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  /** What objects still waited for when they failed or the run ended, beyond themselves: cause to kinds and names. */
  unmet(): ReadonlyMap<string, readonly string[]> {
    return this.#unmet;
  }

  /** What the program logged as errors. */
  errors(): readonly string[] {
    return this.#errors;
  }

  /**
   * `412 of 561 registered resources ready; waiting for Deployment kubeflow/mysql: 0 of 1 ready (and 7 more)`. What
   * objects wait for beyond themselves comes first, with how many they are.
   */
  progress(): string {
    const waits = [...this.#waiting.values()];
    const causes = [...Map.groupBy(waits, ({ cause }) => cause)].flatMap(([cause, { length }]) =>
      cause === undefined ? [] : `${length} ${length === 1 ? "object waits" : "objects wait"} for ${cause}`,
    );
    const own = waits.flatMap(({ cause, message }) => (cause === undefined ? message : []));
    const shown = causes.length > 0 ? causes.slice(0, CAUSES_SHOWN) : own.slice(0, 1);
    const more = causes.length + own.length - shown.length;
    const reason = shown.length === 0 ? "" : `; ${shown.join(", ")}${more > 0 ? ` (and ${more} more)` : ""}`;
    return `${this.#done} of ${this.#entries.size} registered resources ready${reason}`;
  }

  #recordUnmet({ urn, resourceType, name }: HostEvent): void {
    const cause = this.#waiting.get(urn)?.cause;
    if (cause === undefined) return;
    const kind = resourceType.slice(resourceType.lastIndexOf(":") + 1);
    this.#unmet.set(cause, [...(this.#unmet.get(cause) ?? []), `${kind} ${name}`]);
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

function waitOf({ type, message: text = "", name }: HostEvent): Wait {
  const message = text === "" ? name : text;
  const cause = type === "retrying" ? classify(message).waitingFor : (webhookIn(message) ?? quotaIn(message));
  return { message: cause ?? message, cause };
}

function quotaIn(message: string): string | undefined {
  const quota = /exceeded quota: ([a-z0-9.-]+)/.exec(message)?.[1];
  return quota === undefined ? undefined : `room in ResourceQuota ${quota}`;
}
