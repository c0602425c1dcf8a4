import { movingTo } from "../kubeflow/images/rewrite.ts";
import type { Content } from "./content.ts";
import type { Digest } from "./oci/digest.ts";
import { forEachOf } from "./pool.ts";
import { targetOf } from "./push.ts";
import type { Registries } from "./registry/index.ts";
import { wholeGraph } from "./verify/content.ts";

/** What a push would do. */
export interface Difference {
  /** References that the registry does not have. */
  readonly missing: readonly string[];
  /** References that are another image there. */
  readonly different: readonly string[];
  readonly same: readonly string[];
  /** Blobs that would be sent, and their bytes; those that another repository of the registry has are not counted. */
  readonly blobs: number;
  readonly bytes: number;
}

/** Compares content with a registry, by HEAD requests alone. */
export async function difference(
  content: Content,
  to: string,
  registries: Registries,
  { concurrency, signal }: { readonly concurrency: number; readonly signal?: AbortSignal },
): Promise<Difference> {
  const sorted = { missing: [] as string[], different: [] as string[], same: [] as string[] };
  const absent = new Map<Digest, number>();
  const present = new Set<Digest>();
  await forEachOf([...content.entries], concurrency, async ([reference, root]) => {
    signal?.throwIfAborted();
    const { place, tag } = targetOf(reference, root, movingTo(to));
    const registry = registries.of(place.host);
    const there = await registry.head(place.repository, tag);
    if (there === root.digest) return void sorted.same.push(reference);
    sorted[there === undefined ? "missing" : "different"].push(reference);
    for (const { digest, size } of (await wholeGraph(content, reference, root)).blobs) {
      if ((await registry.blobSize(place.repository, digest, "pull")) === size) present.add(digest);
      else absent.set(digest, size);
    }
  });
  const sent = [...absent].filter(([digest]) => !present.has(digest));
  return { ...sorted, blobs: sent.length, bytes: sent.reduce((sum, [, size]) => sum + size, 0) };
}
