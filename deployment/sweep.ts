import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../components/kit/errors.ts";
import { listAt, textAt } from "../components/kit/objects.ts";
import type { ApiClient } from "../rehearsal/providers/kubernetes/client.ts";
import {
  type ApiResource,
  collectionPath,
  isMissing,
  objectPath,
} from "../rehearsal/providers/kubernetes/discovery.ts";
import { objectsAt } from "../rehearsal/providers/kubernetes/objects.ts";

/** Objects of one kind: everywhere, or in one namespace. */
export interface Collection extends Pick<ApiResource, "root" | "plural"> {
  readonly namespace?: string;
  /** As `kubectl --selector` takes it. */
  readonly selector?: string;
}

/** An object that a sweep has found. */
export interface Found {
  readonly path: string;
  readonly plural: string;
  readonly name: string;
  readonly namespace: string | undefined;
  /** Deleted already: only waited for. */
  readonly isLeaving: boolean;
  readonly finalizers: readonly unknown[];
  /** Who has written to it. */
  readonly managers: readonly string[];
}

export interface SweepOptions {
  /** @default "Background" */
  readonly propagation?: "Background" | "Foreground";
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

const NAMES_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
const LONGEST_SECONDS = 180;
const BETWEEN_LOOKS_MS = 500;
const NAMES_LISTED = 3;

/** The objects of a collection; none where its kind is not served. */
export async function objectsOf(client: ApiClient, collection: Collection): Promise<Found[]> {
  const { root, plural, namespace, selector } = collection;
  const path = collectionPath(
    namespace === undefined ? collection : { root: `${root}/namespaces/${namespace}`, plural },
  );
  try {
    const query = selector === undefined ? {} : { labelSelector: selector };
    const { body } = await client.request(path, { accept: NAMES_ONLY, query });
    return objectsAt(body, "items").map((item) => {
      const [name, within] = [textAt(item, "metadata", "name") ?? "", textAt(item, "metadata", "namespace")];
      return {
        path: objectPath({ root, plural }, within, name),
        plural,
        name,
        namespace: within,
        isLeaving: textAt(item, "metadata", "deletionTimestamp") !== undefined,
        finalizers: listAt(item, "metadata", "finalizers"),
        managers: listAt(item, "metadata", "managedFields").map((entry) => textAt(entry, "manager") ?? ""),
      };
    });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/**
 * Deletes what `list` finds until it finds nothing: pods that are still ending may make some of it anew. Returns how
 * many objects it deleted. Throws UserError naming what does not go.
 */
export async function sweep(
  client: ApiClient,
  { report, signal, propagation = "Background" }: SweepOptions,
  list: () => Promise<readonly Found[]>,
): Promise<number> {
  const deadline = performance.now() + LONGEST_SECONDS * 1000;
  const deleted = new Set<string>();
  for (let told = ""; ;) {
    const found = await list();
    if (found.length === 0) return deleted.size;
    if (performance.now() > deadline) {
      throw new UserError(`still there after ${LONGEST_SECONDS} s: ${described(found)}`, {
        next: "take the finalizers away whose controllers are gone, with kubectl edit, then destroy again",
      });
    }
    const line = `waiting for ${described(found)} to be gone`;
    if (line !== told) report(line);
    told = line;
    await Promise.all(found.filter(({ isLeaving }) => !isLeaving).map(({ path }) => remove(client, path, propagation)));
    for (const { path } of found) deleted.add(path);
    await sleep(BETWEEN_LOOKS_MS, undefined, signal && { signal });
  }
}

async function remove(client: ApiClient, path: string, propagationPolicy: string): Promise<void> {
  try {
    await client.request(path, { method: "DELETE", body: { propagationPolicy } });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function described(found: readonly Found[]): string {
  const names = found.slice(0, NAMES_LISTED).map(({ plural, namespace, name, finalizers }) => {
    const held = finalizers.length === 0 ? "" : ` (finalizers ${finalizers.join(", ")})`;
    return `${plural} ${namespace === undefined ? "" : `${namespace}/`}${name}${held}`;
  });
  return names.join(", ") + (found.length > NAMES_LISTED ? ` and ${found.length - NAMES_LISTED} more` : "");
}
