import { movingTo } from "../../kubeflow/images/rewrite.ts";
import type { Content } from "../layout/content.ts";
import { Lender } from "../delta/lender.ts";
import { MirrorError, stopsEverything } from "../errors.ts";
import { explainPush } from "../registry/explain.ts";
import { reach } from "../oci/graph.ts";
import { type Digest, short } from "../oci/digest.ts";
import { type Descriptor, parseManifest } from "../oci/manifest.ts";
import { type BlobTask, blobTasks, type ImageGraph, type Place, totalBytes } from "./plan.ts";
import { forEachOf } from "./pool.ts";
import type { Failure, Outcome } from "./pull.ts";
import { StatusError } from "../registry/failures.ts";
import { listReferrers, type Unlisted } from "../registry/referrers.ts";
import type { Registries } from "../registry/index.ts";
import type { BlobSource } from "../registry/registry.ts";
import type { UploadJournal } from "../registry/upload-session.ts";
import { Tally } from "./tally.ts";
import { tagOf, targetOf } from "./target.ts";

export interface PushOptions {
  readonly content: Content;
  /** Registry with an optional path, below which images lie as the program looks for them. */
  readonly to: string;
  readonly registries: Registries;
  /** Blobs at once. */
  readonly concurrency: number;
  /** Look at every blob and manifest there, rather than believe the tag of an image. @default false */
  readonly deep?: boolean;
  /** Remembers where long uploads stand. */
  readonly journal?: (place: Place, blob: Descriptor) => UploadJournal;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

const EXAMINED_AT_ONCE = 16;

/**
 * Brings images to a registry: blobs, then the manifests that list them, the tag last, so that nothing is ever there in
 * part. What the registry has is not sent again. Throws only what stops everything.
 */
export async function push(options: PushOptions): Promise<Outcome> {
  const { content, to, registries } = options;
  if (content.base === undefined) return send(options);
  const lender = new Lender(content.base, to, registries);
  return send(options, lender).finally(() => lender.close());
}

async function send(options: PushOptions, lender?: Lender): Promise<Outcome> {
  const { content, concurrency, report, signal } = options;
  const failures: Failure[] = (await lender?.absent()) ?? [];
  const references = [...content.entries.keys()];
  const { lacking, shared } = await examineAll(options, lender, failures);
  const pending = new Map(lacking.map((graph) => [graph.reference, graph]));
  const tasks = blobTasks([...pending.values()]);
  const tally = new Tally({ bytes: totalBytes(tasks), images: references.length }, report);
  const unlisted: Unlisted[] = [];
  let sent = 0;
  const left = new Map([...pending.keys()].map((reference) => [reference, 0]));
  for (const reference of tasks.flatMap(({ neededBy }) => neededBy))
    left.set(reference, (left.get(reference) ?? 0) + 1);
  const fail = (reference: string, error: unknown) => {
    if (stopsEverything(error)) throw error;
    if (pending.delete(reference)) failures.push({ reference, error });
  };
  const broken = new Set(failures.map(({ reference }) => reference));
  for (const reference of references) if (!pending.has(reference) && !broken.has(reference)) tally.addImage();

  await forEachOf(tasks, concurrency, async (task) => {
    signal?.throwIfAborted();
    if (!task.neededBy.some((reference) => pending.has(reference))) return;
    try {
      const bytes = await sendBlob(task, shared, options, lender, (count) => tally.addBytes(count));
      sent += bytes;
    } catch (caught) {
      signal?.throwIfAborted();
      const error = await blame(caught, task, options);
      for (const reference of task.neededBy) fail(reference, error);
    }
    for (const reference of task.neededBy) {
      const count = (left.get(reference) ?? 0) - 1;
      left.set(reference, count);
      const graph = pending.get(reference);
      if (count > 0 || graph === undefined) continue;
      try {
        unlisted.push(...(await sendManifests(graph, options)));
        tally.addImage();
      } catch (caught) {
        signal?.throwIfAborted();
        fail(reference, explainPush(caught, reference, graph.place.repository, graph.place.host));
      }
    }
  });
  await listReferrers(unlisted, options.registries).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw explainPush(error, "the list of what refers to images", options.to, options.to);
  });
  const failed = new Set(failures.map(({ reference }) => reference));
  return { images: references.filter((reference) => !failed.has(reference)), failures, bytes: sent };
}

/** What the registry has of the images. */
interface Examined {
  /** Those that are not there yet, in their order, with everything that belongs to them. */
  readonly lacking: readonly ImageGraph[];
  /** Blobs of those that are, each with a place that has it. */
  readonly shared: ReadonlyMap<Digest, Place>;
}

async function examineAll(options: PushOptions, lender: Lender | undefined, failures: Failure[]): Promise<Examined> {
  const { content, registries, to, deep = false, report, signal } = options;
  const lacking: (ImageGraph | undefined)[] = [];
  const shared = new Map<Digest, Place>();
  let examined = 0;
  await forEachOf([...content.entries], EXAMINED_AT_ONCE, async ([reference, root], index) => {
    signal?.throwIfAborted();
    const { place, tag } = targetOf(reference, root, movingTo(to));
    try {
      const graph = {
        reference,
        place,
        root,
        ...(await reach(root, ({ digest }) => content.manifest(digest), reference)),
      };
      if (!deep && (await registries.of(place.host).head(place.repository, tag)) === root.digest) {
        for (const { digest } of graph.blobs) shared.set(digest, place);
        return;
      }
      for (const blob of graph.blobs) await mustHave(content, lender, blob, reference);
      lacking[index] = graph;
    } catch (caught) {
      signal?.throwIfAborted();
      const error = explainPush(caught, reference, place.repository, place.host);
      if (stopsEverything(error)) throw error;
      failures.push({ reference, error });
    } finally {
      report(`${++examined} of ${content.entries.size} images compared`);
    }
  });
  return { lacking: lacking.filter((graph) => graph !== undefined), shared };
}

async function mustHave(
  content: Content,
  lender: Lender | undefined,
  blob: Descriptor,
  reference: string,
): Promise<void> {
  if (await content.has(blob)) return;
  if (lender?.lends(blob) === true) return void (await lender.place(blob, reference));
  throw new MirrorError(
    "E_MISSING",
    `${reference}: blob ${short(blob.digest)} is not in ${content.name}, or not whole`,
    {
      next: "fetch or import it again, then run the same command",
    },
  );
}

/** Bytes that were sent. One upload serves all repositories of a host, where the registry can take a blob over. */
async function sendBlob(
  { blob, places, neededBy }: BlobTask,
  shared: ReadonlyMap<Digest, Place>,
  { content, registries, journal }: PushOptions,
  lender: Lender | undefined,
  count: (bytes: number) => void,
): Promise<number> {
  let sent = 0;
  const isLent = lender !== undefined && !(await content.has(blob));
  const lent = isLent ? await lender.place(blob, neededBy.join(", ")) : undefined;
  const own = isLent && lent !== undefined ? lender.source(blob, lent) : content.source(blob);
  const source = counted(own, (bytes) => {
    sent += bytes;
    count(bytes);
  });
  const lacking: Place[] = [];
  let from = lent ?? shared.get(blob.digest);
  // An interrupted run may have brought it to any of them.
  for (const place of places) {
    const isThere = (await registries.of(place.host).blobSize(place.repository, blob.digest)) === blob.size;
    if (isThere) from = place;
    else lacking.push(place);
  }
  for (const place of lacking) {
    const { host, repository } = place;
    const registry = registries.of(host);
    if (from !== undefined && (await registry.mount(repository, blob.digest, from.repository))) continue;
    await registry.upload(repository, blob, source, journal?.(place, blob));
    from = place;
  }
  count(Math.max(0, blob.size - sent));
  return sent;
}

/** Returns the manifests that refer to others and that the registry does not list there by itself. */
async function sendManifests(
  { reference, place, root, manifests }: ImageGraph,
  options: PushOptions,
): Promise<Unlisted[]> {
  const { content, registries, to, deep = false } = options;
  const registry = registries.of(place.host);
  const { tag } = targetOf(reference, root, movingTo(to));
  const unlisted: Unlisted[] = [];
  for (const { digest, mediaType, size } of manifests) {
    const bytes = await content.manifest(digest);
    const isRoot = digest === root.digest;
    const name = isRoot ? tag : tagOf(digest);
    // Some registries refuse a tag that is there already, whatever it stands for.
    const isThere = (!isRoot || deep) && (await registry.head(place.repository, name, "pull,push")) === digest;
    const isListed = !isThere && (await registry.putManifest(place.repository, name, bytes, mediaType)).listsReferrers;
    const { subject, artifactType } = parseManifest(bytes, mediaType, reference);
    if (subject === undefined || isListed) continue;
    const referrer = { mediaType, digest, size, ...(artifactType === undefined ? {} : { artifactType }) };
    unlisted.push({ place, subject: subject.digest, referrer });
  }
  return unlisted;
}

/** A registry that refuses a blob's content may be right: then it is this side that is damaged. */
async function blame(error: unknown, { blob, neededBy, places }: BlobTask, { content }: PushOptions): Promise<unknown> {
  const reference = neededBy.join(", ");
  if (error instanceof StatusError && (error.code === "DIGEST_INVALID" || error.code === "SIZE_INVALID")) {
    const digest = await content.rehash(blob);
    if (digest !== blob.digest) {
      return new MirrorError(
        "E_DIGEST",
        `blob ${blob.digest} of ${reference} is damaged in ${content.name}: it is ${digest}`,
        {
          next: "fetch or import it again",
        },
      );
    }
  }
  const [place] = places;
  return explainPush(error, reference, place?.repository ?? "", place?.host ?? "");
}

function counted(source: BlobSource, count: (bytes: number) => void): BlobSource {
  return {
    async *open(from, to) {
      for await (const chunk of source.open(from, to)) {
        count(chunk.length);
        yield chunk;
      }
    },
  };
}
