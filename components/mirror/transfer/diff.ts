import { movingTo } from "../../kubeflow/images/rewrite.ts";
import type { Content } from "../layout/content.ts";
import { Lender } from "../delta/lender.ts";
import { MirrorError } from "../errors.ts";
import type { Digest } from "../oci/digest.ts";
import { forEachOf } from "./pool.ts";
import type { Failure } from "./pull.ts";
import type { Registries } from "../registry/index.ts";
import { targetOf } from "./target.ts";
import { wholeGraph } from "../verify/content.ts";

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
  /** Of a delta: images that cannot be made whole there, for what was left out is not there. */
  readonly unmet: readonly Failure[];
}

/** Compares content with a registry, by HEAD requests alone. */
export async function difference(
  content: Content,
  to: string,
  registries: Registries,
  { concurrency, signal }: { readonly concurrency: number; readonly signal?: AbortSignal },
): Promise<Difference> {
  const lender = content.base && new Lender(content.base, to, registries);
  const unmet = (await lender?.absent()) ?? [];
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
    try {
      for (const blob of (await wholeGraph(content, reference, root)).blobs) {
        const isThere = (await registry.blobSize(place.repository, blob.digest, "pull")) === blob.size;
        const isLent = !isThere && lender?.lends(blob) === true && !(await content.has(blob));
        if (isLent) await lender.place(blob, reference);
        if (isThere || isLent) present.add(blob.digest);
        else absent.set(blob.digest, blob.size);
      }
    } catch (error) {
      if (!(error instanceof MirrorError) || error.code !== "E_BASE") throw error;
      unmet.push({ reference, error });
    }
  });
  const sent = [...absent].filter(([digest]) => !present.has(digest));
  return { ...sorted, unmet, blobs: sent.length, bytes: sent.reduce((sum, [, size]) => sum + size, 0) };
}
