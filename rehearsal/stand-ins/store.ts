import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, type Client } from "../control-plane/client.ts";

/** As much of an object as a store needs. */
export interface Stored {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
  };
}

interface List<T> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: T[];
}

interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: T;
}

/** How long the server lets one watch last; it ends earlier only when something is wrong. */
const WATCH_SECONDS = 3600;
/** Between attempts while the kind is not served yet (its CRD is missing) or the server is away. */
const RETRY_MS = 500;

const JSON_ONLY = "application/json";
const METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
const METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** The key of an object in a store and in texts: `namespace/name`, or the name alone for one of the whole cluster. */
export function keyOf({ metadata }: Stored): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

/** All objects of one kind, kept current by a watch, without their managed fields. */
export class Store<T extends Stored> {
  /** Path of the kind, such as `/api/v1/services`. */
  readonly path: string;
  readonly #query: string;
  readonly #accept: { list: string; watch: string };
  readonly #objects = new Map<string, T>();
  readonly #listeners: (() => void)[] = [];

  constructor(path: string, options: { metadataOnly?: boolean; fieldSelector?: string } = {}) {
    this.path = path;
    this.#query =
      options.fieldSelector === undefined ? "" : `fieldSelector=${encodeURIComponent(options.fieldSelector)}`;
    this.#accept = options.metadataOnly
      ? { list: METADATA_LIST, watch: METADATA }
      : { list: JSON_ONLY, watch: JSON_ONLY };
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  values(): T[] {
    return [...this.#objects.values()];
  }

  /** Path of one object of the kind. */
  pathOf({ metadata }: Stored): string {
    const slash = this.path.lastIndexOf("/");
    const [api, plural] = [this.path.slice(0, slash), this.path.slice(slash + 1)];
    const scope = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
    return `${api}${scope}/${plural}/${metadata.name}`;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Makes these the objects of the store. */
  replace(items: readonly T[]): void {
    this.#objects.clear();
    for (const item of items) this.#objects.set(keyOf(item), trimmed(item));
    this.#changed();
  }

  /** Keeps the store current until the signal. */
  async follow(client: Client, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const version = await this.#list(client);
        await this.#watch(client, version, signal);
      } catch {
        if (signal.aborted) return;
        await sleep(RETRY_MS);
      }
    }
  }

  async #list(client: Client): Promise<string> {
    const list = await client
      .read<List<T>>(`${this.path}?${this.#query}`, this.#accept.list)
      .catch((error: unknown) => {
        // Not served (any more): there are none.
        if (error instanceof ApiError && error.status === 404 && this.#objects.size > 0) this.replace([]);
        throw error;
      });
    this.replace(list.items);
    return list.metadata.resourceVersion;
  }

  /** Applies events until the watch ends, then goes on from where it was; throws when that is not possible. */
  async #watch(client: Client, version: string, signal: AbortSignal): Promise<void> {
    let current = version;
    for (;;) {
      const from = `allowWatchBookmarks=true&timeoutSeconds=${WATCH_SECONDS}&resourceVersion=${current}`;
      const path = `${this.path}?${this.#query}&watch=true&${from}`;
      for await (const line of client.watch(path, this.#accept.watch, signal)) {
        const event = JSON.parse(line) as WatchEvent<T>;
        if (event.type === "ERROR") throw new Error("the watch has to begin anew");
        current = event.object.metadata.resourceVersion;
        if (event.type !== "BOOKMARK") this.#apply(event);
      }
      signal.throwIfAborted();
    }
  }

  #apply({ type, object }: WatchEvent<T>): void {
    if (type === "DELETED") this.#objects.delete(keyOf(object));
    else this.#objects.set(keyOf(object), trimmed(object));
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function trimmed<T extends Stored>(object: T): T {
  delete (object.metadata as { managedFields?: unknown }).managedFields;
  return object;
}
