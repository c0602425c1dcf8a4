import { setTimeout as sleep } from "node:timers/promises";
import { textAt } from "../../../components/kit/objects.ts";
import { parsePropertyPath, rewrite, type Decision } from "../../host/property-path.ts";
import { equal, type Properties } from "../../host/values.ts";
import type { Call, Effect } from "../provider.ts";
import { ApiError, type ApiClient, type ApiResponse } from "./client.ts";
import { type ApiResource, collectionPath, type Discovery, isMissing, objectPath } from "./discovery.ts";
import { describe, objectsAt, type KubernetesObject, type ObjectReference } from "./objects.ts";
import { keyOf, objectKey } from "./watch.ts";

export const FIELD_MANAGER = "pulumi-kubernetes";
const DEFINITION = "CustomResourceDefinition";
const APPLY_PATCH = "application/apply-patch+yaml";
const NAMES_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
/**
 * Between tries of what was not found: the real provider's 31 s, with their first second divided, because a kind that
 * was just established is often served a moment later.
 */
const RETRY_SECONDS = [0.1, 0.3, 0.6, 2, 4, 8, 16];

export interface ApplyOptions {
  readonly client: ApiClient;
  readonly discovery: Discovery;
  /** Existing objects are taken over instead of refused. */
  readonly upsert: boolean;
  /** Where namespaced objects without a namespace go. */
  readonly namespace: string;
  /** Updates take fields from other managers. */
  readonly force: boolean;
}

/** What the server made of the object. */
export interface ApplyResult {
  readonly object: KubernetesObject;
  readonly effect: Effect;
}

interface Place {
  readonly resource: ApiResource;
  readonly path: string;
  readonly key: string;
}

/** Creates and changes single objects by server-side apply. */
export class Applier {
  readonly #options: ApplyOptions;
  readonly #existing = new Map<string, Promise<Set<string>>>();

  constructor(options: ApplyOptions) {
    this.#options = options;
  }

  /**
   * Creates the object. What is not found (its kind, its namespace) is tried again for about half a minute. Throws
   * ApiError, with the reason AlreadyExists where the object exists and is not to be taken over.
   */
  async create(object: KubernetesObject, reference: ObjectReference, call: Call): Promise<ApplyResult> {
    return retryMissing(call, describe(reference), async () => {
      const place = await this.#locate(reference);
      const existing = await this.#names(place);
      const before = existing.has(place.key) ? await this.read(reference) : undefined;
      if (before !== undefined && !this.#options.upsert) {
        throw new ApiError(`${place.resource.plural} "${reference.name}" already exists`, 409, "AlreadyExists");
      }
      // Not a POST: its fields would belong to another kind of manager, with which later applies conflict.
      const { status, body } = await this.#patch(place, object, true);
      existing.add(place.key);
      const after = body as KubernetesObject;
      return { object: after, effect: status === 201 ? "created" : effectOf(before, after) };
    });
  }

  /** Changes the object in place. Paths to ignore keep what the cluster has. Throws ApiError. */
  async update(object: KubernetesObject, reference: ObjectReference, ignored: readonly string[]): Promise<ApplyResult> {
    const place = await this.#locate(reference);
    const live = (await this.#options.client.request(place.path)).body as KubernetesObject;
    const isDefinition = object.kind === DEFINITION;
    const decide = isDefinition ? keepLive : leaveToOthers;
    const wanted = ignored.reduce<Properties>(
      (result, text) => rewrite(result, live, parsePropertyPath(text), decide),
      object,
    );
    const { body } = isDefinition
      ? await this.#replace(place, wanted as KubernetesObject, live)
      : await this.#patch(place, wanted as KubernetesObject, this.#options.force);
    return { object: body as KubernetesObject, effect: effectOf(live, body as KubernetesObject) };
  }

  /** The live object, or undefined when it or its kind is gone. */
  async read(reference: ObjectReference): Promise<KubernetesObject | undefined> {
    try {
      const { path } = await this.#locate(reference);
      return (await this.#options.client.request(path)).body as KubernetesObject;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #locate(reference: ObjectReference): Promise<Place> {
    const resource = await this.#options.discovery.resource(reference.apiVersion, reference.kind);
    const namespace = resource.namespaced ? (reference.namespace ?? this.#options.namespace) : undefined;
    const path = objectPath(resource, namespace, reference.name);
    return { resource, path, key: objectKey(namespace, reference.name) };
  }

  #patch({ path }: Place, body: KubernetesObject, force: boolean): Promise<ApiResponse> {
    const query = { fieldManager: FIELD_MANAGER, force: String(force) };
    return this.#options.client.request(path, { method: "PATCH", query, body, contentType: APPLY_PATCH });
  }

  /** As the real provider does with definitions: applying would merge their lists of versions. */
  #replace({ path }: Place, wanted: KubernetesObject, live: KubernetesObject): Promise<ApiResponse> {
    const metadata = { ...wanted.metadata, resourceVersion: textAt(live, "metadata", "resourceVersion") ?? "" };
    const query = { fieldManager: FIELD_MANAGER };
    return this.#options.client.request(path, { method: "PUT", query, body: { ...wanted, metadata } });
  }

  /**
   * What exists of the kind, by key. One list of names a kind tells which objects need a closer look before they are
   * created, so that a fresh installation does not ask for each.
   */
  #names({ resource }: Place): Promise<Set<string>> {
    const collection = collectionPath(resource);
    let names = this.#existing.get(collection);
    if (names === undefined) {
      names = this.#options.client.request(collection, { accept: NAMES_ONLY }).then(
        ({ body }) => new Set(objectsAt(body, "items").map(keyOf)),
        (error: unknown) => {
          this.#existing.delete(collection);
          throw error;
        },
      );
      this.#existing.set(collection, names);
    }
    return names;
  }
}

/** A field that somebody else has changed belongs to them and is left out. One that nobody has changed stays ours. */
const leaveToOthers: Decision = (mine, live) => (equal(mine, live) ? mine : undefined);

const keepLive: Decision = (mine, live) => live ?? mine;

function effectOf(before: KubernetesObject | undefined, after: KubernetesObject): Effect {
  const version = (object: KubernetesObject | undefined) => textAt(object, "metadata", "resourceVersion");
  return version(before) === version(after) ? "unchanged" : "changed";
}

async function retryMissing<T>(call: Call, name: string, attempt: () => Promise<T>): Promise<T> {
  for (const [index, seconds] of RETRY_SECONDS.entries()) {
    try {
      return await attempt();
    } catch (error) {
      if (!isMissing(error)) throw error;
      const message = error instanceof Error ? error.message : String(error);
      call.status(`retrying ${name} in ${seconds} s (${index + 1} of ${RETRY_SECONDS.length}): ${message}`);
      await sleep(seconds * 1000, undefined, { signal: call.signal });
    }
  }
  return attempt();
}
