import { textAt } from "../../../components/kit/objects.ts";
import type { JsonObject } from "../../host/values.ts";
import { ApiError, type ApiClient } from "./client.ts";
import { collectionPath, type Discovery } from "./discovery.ts";
import { isObject, objectsAt, type KubernetesObject } from "./objects.ts";

/** Called with an object's new state, or undefined when it is gone. */
export type Listener = (key: string, object: KubernetesObject | undefined) => void;

const GONE = 410;
const RECONNECT_MS = 250;

export function objectKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? ""}/${name}`;
}

/** A live copy of all objects of one kind, for everyone who waits for one of them. Managed fields are left out. */
export class SharedWatch {
  readonly objects = new Map<string, KubernetesObject>();
  readonly #listeners = new Set<Listener>();
  readonly #client: ApiClient;
  readonly #path: string;
  readonly #kind: { readonly apiVersion: string; readonly kind: string };
  readonly #end = new AbortController();

  constructor(client: ApiClient, path: string, kind: { readonly apiVersion: string; readonly kind: string }) {
    this.#client = client;
    this.#path = path;
    this.#kind = kind;
    void this.#follow();
  }

  /** Returns what ends the subscription. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#end.abort();
  }

  /** Lists and watches until closed. Whoever waits has a deadline of its own, so errors are only tried again. */
  async #follow(): Promise<void> {
    let version: string | undefined;
    while (!this.#end.signal.aborted) {
      try {
        version ??= await this.#list();
        for await (const event of this.#client.stream(this.#path, watchQuery(version), this.#end.signal)) {
          version = this.#take(event);
        }
      } catch (error) {
        if (error instanceof ApiError && error.status === GONE) version = undefined;
        if (!this.#end.signal.aborted) await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      }
    }
  }

  async #list(): Promise<string> {
    const { body } = await this.#client.request(this.#path, { query: { resourceVersion: "0" } });
    const missing = new Set(this.objects.keys());
    for (const item of objectsAt(body, "items")) missing.delete(this.#put({ ...this.#kind, ...item }));
    for (const key of missing) this.#drop(key);
    return textAt(body, "metadata", "resourceVersion") ?? "0";
  }

  /** Returns the version to continue from. */
  #take({ type, object }: JsonObject): string {
    if (!isObject(object)) throw new Error("a watch event without an object");
    if (type === "ERROR") throw new ApiError(textAt(object, "message") ?? "", Number(object["code"]), "");
    if (type === "DELETED") this.#drop(keyOf(object));
    else if (type !== "BOOKMARK") this.#put(object);
    return textAt(object, "metadata", "resourceVersion") ?? "0";
  }

  #put(item: JsonObject): string {
    const object = withoutManagedFields(item as KubernetesObject);
    const key = keyOf(object);
    this.objects.set(key, object);
    for (const listener of this.#listeners) listener(key, object);
    return key;
  }

  #drop(key: string): void {
    this.objects.delete(key);
    for (const listener of this.#listeners) listener(key, undefined);
  }
}

/** The watches of a provider: one a kind, opened at the first wait for it. */
export class Watches {
  readonly #client: ApiClient;
  readonly #discovery: Discovery;
  readonly #open = new Map<string, Promise<SharedWatch>>();

  constructor(client: ApiClient, discovery: Discovery) {
    this.#client = client;
    this.#discovery = discovery;
  }

  get(apiVersion: string, kind: string): Promise<SharedWatch> {
    const key = `${apiVersion}/${kind}`;
    let watch = this.#open.get(key);
    if (watch === undefined) {
      watch = this.#discovery
        .resource(apiVersion, kind)
        .then((resource) => new SharedWatch(this.#client, collectionPath(resource), { apiVersion, kind }));
      this.#open.set(key, watch);
    }
    return watch;
  }

  async close(): Promise<void> {
    for (const watch of await Promise.allSettled(this.#open.values())) {
      if (watch.status === "fulfilled") watch.value.close();
    }
    this.#open.clear();
  }
}

export function withoutManagedFields(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

export function keyOf(object: JsonObject): string {
  return objectKey(textAt(object, "metadata", "namespace"), textAt(object, "metadata", "name") ?? "");
}

function watchQuery(resourceVersion: string): Record<string, string> {
  return { watch: "true", resourceVersion, allowWatchBookmarks: "true" };
}
