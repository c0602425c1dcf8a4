import { parseReference } from "../../kubeflow/images/reference.ts";
import type { Content } from "../layout/content.ts";
import { leftBy } from "../delta/left.ts";
import { MirrorError } from "../errors.ts";
import { reach } from "../oci/graph.ts";
import { CHOSEN_FROM } from "../layout/index-file.ts";
import { isDigest } from "../oci/digest.ts";
import { type Descriptor, parseManifest, referredBy } from "../oci/manifest.ts";
import { blobTasks, type ImageGraph } from "../transfer/plan.ts";
import { forEachOf } from "../transfer/pool.ts";
import type { WantedImage } from "../list/wanted.ts";
import { differs, Findings, hashAll, missingBlob, type Verification, type VerifyOptions } from "./findings.ts";

/** Proves that content is whole, and with `wanted` that it is what a lock says as well. */
export async function verifyContent(
  content: Content,
  wanted: readonly WantedImage[],
  options: VerifyOptions,
): Promise<Verification> {
  const findings = new Findings();
  for (const image of wanted) await findings.during(image.reference, () => checkLocked(content, image));
  const graphs: ImageGraph[] = [];
  await forEachOf([...content.entries], options.concurrency, async ([reference, root]) => {
    options.signal?.throwIfAborted();
    await findings.during(reference, async () => void graphs.push(await wholeGraph(content, reference, root)));
  });
  // What a delta leaves to the site is not here to be read.
  const here = await Promise.all(blobTasks(graphs).map(async (task) => ((await content.has(task.blob)) ? [task] : [])));
  const hashed = options.deep
    ? await hashAll(here.flat(), findings, content.name, options, ({ blob }) => content.rehash(blob))
    : 0;
  const references = new Set([...wanted.map(({ reference }) => reference), ...content.entries.keys()]);
  return { ...findings.result([...references], hashed), ...leftBy(content) };
}

/**
 * Everything an image consists of. Throws MirrorError where some of it is missing or not of the right size; what a delta
 * leaves out to the site is not missing.
 */
export async function wholeGraph(content: Content, reference: string, root: Descriptor): Promise<ImageGraph> {
  const { host, path: repository } = parseReference(reference);
  const reached = await reach(root, ({ digest }) => content.manifest(digest), reference);
  for (const blob of reached.blobs) {
    const isThere = content.base?.blobs.has(blob.digest) === true || (await content.has(blob));
    if (!isThere) throw missingBlob(reference, blob, content.name);
  }
  return { reference, place: { host, repository }, root, ...reached };
}

async function checkLocked(content: Content, { reference, digest, platforms = [] }: WantedImage): Promise<void> {
  const entry = content.entries.get(reference);
  if (entry === undefined) {
    const held = content.base?.images.get(reference);
    if (held !== undefined && digest !== undefined) {
      if (held === digest || platforms.includes(held)) return;
      throw differs(reference, held, digest, `what ${content.name} leaves to the site`);
    }
    throw new MirrorError("E_MISSING", `${reference} is not in ${content.name}`, { next: "pull or import it" });
  }
  if (digest === undefined || entry.digest === digest) return;
  // Of several platforms one was wanted: the index that the lock names still proves that it belongs to it.
  const chosenFrom = entry.annotations?.[CHOSEN_FROM];
  if (chosenFrom !== digest || !isDigest(chosenFrom)) throw differs(reference, entry.digest, digest, content.name);
  const index = parseManifest(await content.manifest(chosenFrom), undefined, reference);
  const listed = new Set(referredBy(index).map((child) => child.digest));
  const chosen = listed.has(entry.digest) ? [entry.digest] : await childrenOf(content, entry, reference);
  if (!chosen.every((child) => listed.has(child))) throw differs(reference, entry.digest, digest, content.name);
}

async function childrenOf(content: Content, entry: Descriptor, reference: string): Promise<Descriptor["digest"][]> {
  const manifest = parseManifest(await content.manifest(entry.digest), entry.mediaType, reference);
  return manifest.kind === "index" ? manifest.manifests.map(({ digest }) => digest) : [entry.digest];
}
