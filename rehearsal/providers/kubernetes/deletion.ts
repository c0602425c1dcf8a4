import { setTimeout as sleep } from "node:timers/promises";
import { listAt, textAt } from "../../../components/kit/objects.ts";
import type { Json } from "../../host/values.ts";
import type { Call } from "../provider.ts";
import { ApiError, type ApiClient } from "./client.ts";
import { isMissing, objectPath, type Discovery } from "./discovery.ts";
import { annotation, describe, objectsAt, type ObjectReference } from "./objects.ts";
import { objectKey, type Watches } from "./watch.ts";

const PROPAGATION = "pulumi.com/deletionPropagationPolicy";
const DEFAULT_SECONDS = 600;
const CONFLICT = 409;
/** Conditions of namespaces and definitions that say what their deletion waits for. */
const TELLS_WHY = /Terminating|Remaining|Failure/;
/** Between looks at an object: its watch usually tells first. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

export interface DeleterOptions {
  readonly client: ApiClient;
  readonly discovery: Discovery;
  readonly watches: Watches;
  /** Where namespaced objects without a namespace are. */
  readonly namespace: string;
}

/** Deletes single objects and waits until they are gone. */
export class Deleter {
  readonly #options: DeleterOptions;

  constructor(options: DeleterOptions) {
    this.#options = options;
  }

  /**
   * Deletes the object as its `pulumi.com/deletionPropagationPolicy` says and waits until it is gone; one of the same
   * name that somebody makes meanwhile is not ours. `seconds` 0 means ten minutes. Throws at the deadline with what
   * holds the object, and ApiError.
   */
  async delete(object: Json, reference: ObjectReference, seconds: number, call: Call): Promise<void> {
    const policy = annotation(object, PROPAGATION) ?? "foreground";
    const { client, discovery } = this.#options;
    try {
      const resource = await discovery.resource(reference.apiVersion, reference.kind);
      const namespace = resource.namespaced ? (reference.namespace ?? this.#options.namespace) : undefined;
      const path = objectPath(resource, namespace, reference.name);
      const uid = await beginDeletion(client, path, policy.charAt(0).toUpperCase() + policy.slice(1));
      if (uid === undefined) return;
      await this.#gone(
        { path, uid, reference, key: objectKey(namespace, reference.name) },
        seconds || DEFAULT_SECONDS,
        call,
      );
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  async #gone({ reference, key, path, uid }: Leaving, seconds: number, call: Call): Promise<void> {
    const deadline = performance.now() + seconds * 1000;
    const watch = await this.#options.watches.get(reference.apiVersion, reference.kind);
    const gone = Promise.withResolvers<true>();
    const unsubscribe = watch.subscribe((changed, object) => {
      if (changed === key && textAt(object, "metadata", "uid") !== uid) gone.resolve(true);
    });
    try {
      for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 4, LONGEST_PAUSE_MS)) {
        const { body } = await this.#options.client.request(path);
        if (textAt(body, "metadata", "uid") !== uid) return;
        const why = reasonsToStay(body);
        const left = deadline - performance.now();
        if (left <= 0) throw new Error(`${describe(reference)} is not gone after ${seconds} s${why}`);
        call.status(`waiting for ${describe(reference)} to be gone${why}`);
        if (await toldWithin(Math.min(pause, left), gone.promise, call.signal)) return;
      }
    } finally {
      unsubscribe();
    }
  }
}

/** An object that is being deleted. */
interface Leaving {
  readonly path: string;
  readonly uid: string;
  readonly reference: ObjectReference;
  readonly key: string;
}

/** The uid of the object that is still there; undefined when it went at once. */
async function beginDeletion(client: ApiClient, path: string, propagationPolicy: string): Promise<string | undefined> {
  try {
    const { body } = await client.request(path, { method: "DELETE", body: { propagationPolicy } });
    return body["kind"] === "Status" ? undefined : textAt(body, "metadata", "uid");
  } catch (error) {
    // A namespace that is on its way out refuses to be deleted again.
    if (!(error instanceof ApiError && error.status === CONFLICT)) throw error;
    const { body } = await client.request(path);
    if (textAt(body, "metadata", "deletionTimestamp") === undefined) throw error;
    return textAt(body, "metadata", "uid");
  }
}

/** Whether `told` came within the time. Throws the signal's reason. */
async function toldWithin(milliseconds: number, told: Promise<true>, signal: AbortSignal): Promise<boolean> {
  const waiting = new AbortController();
  try {
    return await Promise.race([
      told,
      sleep(milliseconds, false, { signal: AbortSignal.any([signal, waiting.signal]) }),
    ]);
  } finally {
    waiting.abort();
  }
}

function reasonsToStay(object: Json): string {
  const finalizers = [...listAt(object, "metadata", "finalizers"), ...listAt(object, "spec", "finalizers")].filter(
    (name) => typeof name === "string",
  );
  const messages = objectsAt(object, "status", "conditions")
    .filter((entry) => entry["status"] === "True" && TELLS_WHY.test(textAt(entry, "type") ?? ""))
    .map((entry) => textAt(entry, "message"));
  const named = finalizers.length > 0 ? [`finalizers ${finalizers.join(", ")}`] : [];
  const why = [...named, ...messages.filter((message) => message !== undefined)];
  return why.length > 0 ? `: ${why.join("; ")}` : "";
}
