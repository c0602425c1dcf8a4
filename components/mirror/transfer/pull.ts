import { statfs } from "node:fs/promises";
import { parseReference } from "../../kubeflow/images/reference.ts";
import type { Base } from "../delta/holdings.ts";
import { divided, type Left, leftBy } from "../delta/left.ts";
import { explainStorage, MirrorError, stopsEverything } from "../errors.ts";
import { explainPull } from "../registry/explain.ts";
import { Manifests, resolveImage } from "./resolve.ts";
import type { Layout } from "../layout/layout.ts";
import type { PartialBlob } from "../layout/partial.ts";
import { short } from "../oci/digest.ts";
import type { PlatformChoice } from "../oci/platform.ts";
import { Completion } from "./completion.ts";
import { type BlobTask, blobTasks, type ImageGraph, type Place, totalBytes } from "./plan.ts";
import { forEachOf } from "./pool.ts";
import type { Rate } from "./rate.ts";
import { shortage } from "../registry/allowance.ts";
import type { BlobSink } from "../registry/download.ts";
import { StatusError } from "../registry/failures.ts";
import { Gate } from "../registry/gate.ts";
import type { Registries } from "../registry/index.ts";
import { signaturesOf } from "./signatures.ts";
import { atFirst, placesFor, type Source } from "./sources.ts";
import { formatBytes, Tally } from "./tally.ts";
import type { WantedImage } from "../list/wanted.ts";

export interface PullOptions {
  readonly wanted: readonly WantedImage[];
  readonly layout: Layout;
  readonly registries: Registries;
  /** Where images are looked for before the places where they are published. */
  readonly sources?: readonly Source[];
  readonly platforms: PlatformChoice;
  /** Carry signatures, attestations and lists of contents along. @default false */
  readonly signatures?: boolean;
  /** For a delta: images that the site has, and blobs of which those are left out that are not there. */
  readonly base?: Base;
  /** Blobs at once. */
  readonly concurrency: number;
  /** Of all blobs together. @default as fast as they come */
  readonly rate?: Rate;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface Failure {
  readonly reference: string;
  readonly error: unknown;
}

export interface Outcome {
  /** References of what is whole now, in the order asked for. */
  readonly images: readonly string[];
  /** A pull's in the order asked for. */
  readonly failures: readonly Failure[];
  /** Bytes of blobs that went over the network. */
  readonly bytes: number;
  /** How many of the images found have something said about them, and how many not, where that was asked for. */
  readonly signatures?: { readonly signed: number; readonly unsigned: number };
  /** For a delta: what is left to the site. */
  readonly left?: Left;
}

/** Manifests at once: they are small, and each host has a limit of its own. */
const RESOLVED_AT_ONCE = 16;
/** Blobs that are flushed and checked while others already arrive. */
const FINISHED_AT_ONCE = 16;
/** Room for what comes beside the blobs. */
const SPACE_MARGIN = 1.02;

/**
 * Fetches images into a layout. One that fails leaves the others alone; what is there is not fetched again. Throws only
 * what stops everything: a full disk, an interruption.
 */
export async function pull(options: PullOptions): Promise<Outcome> {
  const { layout, registries, concurrency, report, signal } = options;
  const failures = new Map<string, unknown>();
  // Until it is over: who carries on with what an interrupted pull left is told.
  const fresh = options.wanted.map(({ reference }) => reference).filter((one) => !layout.entries.has(one));
  await layout.lack(fresh);
  const named = await resolveAll(options.wanted, options, failures);
  const signatures = options.signatures === true ? await signaturesOf(named, registries, signal) : undefined;
  const wanted = [...options.wanted, ...(signatures?.wanted ?? [])];
  const graphs = [...named, ...(signatures ? await resolveAll(signatures.wanted, options, failures) : [])];
  const { tasks, lent } = divided(await missing(blobTasks(graphs), layout), options.base);
  if (options.base !== undefined) await layout.lend({ images: options.base.images, blobs: lent });
  await checkSpace(layout, totalBytes(tasks));

  const progress = new Completion(graphs, tasks, layout);
  const tally = new Tally({ bytes: totalBytes(tasks), images: wanted.length }, report);
  progress.listWhole(tally);
  let received = 0;
  const streams = new Gate(concurrency);
  await forEachOf(tasks, concurrency + FINISHED_AT_ONCE, async (task) => {
    signal?.throwIfAborted();
    if (task.neededBy.every((reference) => failures.has(reference))) return;
    try {
      await fetchBlob(task, options, streams, (count) => {
        if (count > 0) received += count;
        tally.addBytes(count);
      });
      progress.has(task, tally, failures);
    } catch (caught) {
      signal?.throwIfAborted();
      const error = explainStorage(caught, layout.name);
      if (stopsEverything(error)) throw error;
      for (const reference of task.neededBy) failures.set(reference, failures.get(reference) ?? error);
    }
  }).finally(() => progress.saved());
  await layout.settle();
  const references = wanted.map(({ reference }) => reference);
  const failed = references.filter((reference) => failures.has(reference));
  await layout.lack(failed);
  return {
    images: references.filter((reference) => !failures.has(reference)),
    failures: failed.map((reference) => ({ reference, error: failures.get(reference) })),
    bytes: received,
    ...(signatures && { signatures: { signed: signatures.signed.length, unsigned: signatures.unsigned.length } }),
    ...leftBy(layout),
  };
}

async function resolveAll(
  wanted: readonly WantedImage[],
  options: PullOptions,
  failures: Map<string, unknown>,
): Promise<ImageGraph[]> {
  const { layout, registries, sources = [], platforms, report, signal } = options;
  const manifests = new Manifests(layout);
  const graphs: (ImageGraph | undefined)[] = [];
  await forEachOf(wanted, RESOLVED_AT_ONCE, async (image, index) => {
    signal?.throwIfAborted();
    try {
      graphs[index] = await atFirst(image.reference, placesFor(image, sources), registries, (place) =>
        resolveImage(image, place, manifests, registries, platforms),
      );
    } catch (caught) {
      signal?.throwIfAborted();
      const error = explainStorage(caught, layout.name);
      if (stopsEverything(error)) throw error;
      failures.set(image.reference, error);
    }
    const resolved = `${graphs.filter((graph) => graph !== undefined).length} of ${wanted.length} images resolved`;
    const left = wanted.filter((_, other) => graphs[other] === undefined).map(({ reference }) => reference);
    report([resolved, ...shortages(left, registries)].join("; "));
  });
  return graphs.filter((graph) => graph !== undefined);
}

/** Registries that do not give as many pulls as are left to do. */
function shortages(left: readonly string[], registries: Registries): string[] {
  const byHost = Map.groupBy(left, (reference) => parseReference(reference).host);
  return [...byHost].flatMap(([host, { length }]) => shortage(host, length, registries.of(host).allowance) ?? []);
}

async function missing(tasks: readonly BlobTask[], layout: Layout): Promise<BlobTask[]> {
  const isThere = await Promise.all(tasks.map(({ blob }) => layout.has(blob)));
  return tasks.filter((_, index) => isThere[index] !== true);
}

async function checkSpace(layout: Layout, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(layout.blobFolder);
  const needed = Math.ceil(bytes * SPACE_MARGIN);
  if (needed <= bavail * bsize) return;
  throw new MirrorError(
    "E_SPACE",
    `need ${formatBytes(needed)}, have ${formatBytes(bavail * bsize)} on ${layout.name}`,
    {
      next: "choose another folder, or fetch less: --platform linux/amd64",
    },
  );
}

/** Fetches one blob from the first place that has it; wrong content is fetched once more before it counts. */
async function fetchBlob(
  task: BlobTask,
  options: PullOptions,
  streams: Gate,
  count: (bytes: number) => void,
): Promise<void> {
  const { blob, places } = task;
  for (const [index, place] of places.entries()) {
    try {
      return await fetchTwice(task, place, options, streams, count);
    } catch (error) {
      const isLast = index === places.length - 1;
      if (!(error instanceof StatusError) || isLast) {
        const { registries } = options;
        const what = `${task.neededBy[0] ?? ""} blob ${short(blob.digest)}`;
        throw await explainPull(error, what, place.host, () => registries.of(place.host).isKnown(place.repository));
      }
    }
  }
}

async function fetchTwice(
  task: BlobTask,
  place: Place,
  options: PullOptions,
  streams: Gate,
  count: (bytes: number) => void,
): Promise<void> {
  try {
    await fetchFrom(task, place, options, streams, count);
  } catch (first) {
    if (!isWrongContent(first)) throw first;
    try {
      await fetchFrom(task, place, options, streams, count);
    } catch (second) {
      if (!isWrongContent(second)) throw second;
      const { blob, neededBy } = task;
      throw new MirrorError(
        "E_DIGEST",
        `blob ${blob.digest} of ${neededBy.join(", ")} (${formatBytes(blob.size)}) is wrong twice from ${place.host}: ${second.message}`,
        { next: "a proxy, the registry or this machine's disk or memory corrupts data: try another network or disk" },
      );
    }
  }
}

function isWrongContent(error: unknown): error is MirrorError {
  return error instanceof MirrorError && error.code === "E_DIGEST";
}

async function fetchFrom(
  { blob }: BlobTask,
  { host, repository }: Place,
  { layout, registries, rate, signal }: PullOptions,
  streams: Gate,
  count: (bytes: number) => void,
): Promise<void> {
  const leave = await streams.enter(signal);
  const partial = await layout.openPartial(blob).catch((error: unknown) => {
    leave();
    throw error;
  });
  let isFinished = false;
  try {
    await registries.of(host).download(repository, blob, counted(partial, count, rate));
    isFinished = true;
    leave();
    await partial.finish();
  } catch (error) {
    if (isFinished) throw error;
    if (isWrongContent(error)) await partial.reset();
    partial.leave();
    throw error;
  } finally {
    leave();
  }
}

function counted(partial: PartialBlob, count: (bytes: number) => void, rate?: Rate): BlobSink {
  return {
    get length() {
      return partial.length;
    },
    write: (chunk) => {
      count(chunk.length);
      partial.write(chunk);
      return rate?.took(chunk.length);
    },
    reset: () => {
      count(-partial.length);
      return partial.reset();
    },
  };
}
