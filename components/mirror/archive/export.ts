import { createHash, type Hash } from "node:crypto";
import { mkdir, open, rename, stat, statfs } from "node:fs/promises";
import path from "node:path";
import type { Content } from "../layout/content.ts";
import { type WrittenBase, writtenBase } from "../delta/base-file.ts";
import type { HeldBlob } from "../delta/holdings.ts";
import { MirrorError } from "../errors.ts";
import { flushFolder, writeDurably } from "../layout/durable.ts";
import { CHOSEN_FROM, formatIndexFile } from "../layout/index-file.ts";
import { type Digest, digestOf, isDigest, short } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import type { ImageGraph } from "../transfer/plan.ts";
import { forEachOf } from "../transfer/pool.ts";
import { formatBytes, Tally } from "../transfer/tally.ts";
import { wholeGraph } from "../verify/content.ts";
import { bundleManifest, type LeftOut } from "./manifest.ts";
import { FIXED, type FixedName, volumeName } from "./names.ts";
import { archived, type FixedFiles, planVolumes, type Volume } from "./plan.ts";
import { END, header, paddingOf } from "./tar.ts";

export interface ExportOptions {
  readonly content: Content;
  readonly folder: string;
  /** Name of the volumes without ending. */
  readonly name: string;
  /** Bytes of the largest volume. */
  readonly maxSize?: number;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface Exported {
  /** What the receiving side compares: the digest of `bundle.json`. */
  readonly bundle: Digest;
  /** Paths, in order. */
  readonly volumes: readonly string[];
  readonly images: number;
  /** References of what was to be pulled and is not in it. */
  readonly lacking: readonly string[];
  /** Of all volumes. */
  readonly bytes: number;
}

const LAYOUT = '{"imageLayoutVersion":"1.0.0"}';
const HASHED_AT_ONCE = 2;

/**
 * Writes images as archives that can be carried, each an image layout in a tar. Everything is hashed before it is
 * written; what an interrupted run wrote is continued. Throws MirrorError E_DIGEST for damaged content.
 */
export async function exportBundle(options: ExportOptions): Promise<Exported> {
  const { content, folder, maxSize, report, signal } = options;
  const index = formatIndexFile(content.entries);
  const graphs = [];
  for (const [reference, root] of content.entries) graphs.push(await wholeGraph(content, reference, root));
  const manifest = bundleManifest(graphs, index, await originsOf(content), await leftOut(content, graphs));
  const bundle = `${JSON.stringify(manifest, undefined, 2)}\n`;
  const fixedFor = (number: number, of: number): FixedFiles => ({
    "oci-layout": LAYOUT,
    "index.json": index,
    "bundle.json": bundle,
    "volume.json": `${JSON.stringify({ number, of, bundle: digestOf(bundle) })}\n`,
  });
  const fixedBytes = FIXED.reduce((sum, file) => sum + archived(fixedFor(99_999, 99_999)[file].length), 0);
  const volumes = planVolumes(manifest.content, fixedBytes, maxSize);
  await mkdir(folder, { recursive: true });
  const total = volumes.reduce((sum, volume) => sum + sizeOf(volume, fixedFor(volume.number, volumes.length)), 0);
  await checkSpace(folder, total, volumes, options.name);
  await hashAll(content, manifest.content, report, signal);

  const tally = new Tally({ bytes: total, images: graphs.length }, report);
  const written: { readonly file: string; readonly hex: string }[] = [];
  for (const volume of volumes) {
    const file = path.join(folder, volumeName(options.name, volume.number, volumes.length));
    const segments = segmentsOf(volume, fixedFor(volume.number, volumes.length), content);
    written.push({ file, hex: await writeVolume(file, segments, tally, signal) });
  }
  const checksums = written.map(({ file, hex }) => `${hex}  ${path.basename(file)}\n`).join("");
  await writeDurably(path.join(folder, `${options.name}.sha256`), checksums);
  await flushFolder(folder);
  return {
    bundle: digestOf(bundle),
    volumes: written.map(({ file }) => file),
    images: graphs.length,
    lacking: manifest.lacking ?? [],
    bytes: total,
  };
}

async function leftOut(content: Content, graphs: readonly ImageGraph[]): Promise<LeftOut> {
  const { lacking = [] } = content;
  return { base: await reliesOn(content, graphs), ...(lacking.length > 0 && { lacking: lacking.toSorted() }) };
}

/** What a delta relies on: images that it does not list, blobs that its images need and that are not there. */
async function reliesOn(content: Content, graphs: readonly ImageGraph[]): Promise<WrittenBase | undefined> {
  const { base, entries } = content;
  if (base === undefined) return undefined;
  const images = new Map([...base.images].filter(([reference]) => !entries.has(reference)));
  const blobs = new Map<Digest, HeldBlob>();
  for (const { digest, size } of graphs.flatMap((graph) => graph.blobs)) {
    const held = base.blobs.get(digest);
    if (held !== undefined && !(await content.has({ digest, size }))) blobs.set(digest, held);
  }
  return images.size + blobs.size === 0 ? undefined : writtenBase({ images, blobs });
}

/** Indexes from which a platform was chosen: they prove what the chosen image belongs to. */
async function originsOf(content: Content): Promise<Descriptor[]> {
  const origins: Descriptor[] = [];
  for (const { annotations, mediaType } of content.entries.values()) {
    const digest = annotations?.[CHOSEN_FROM];
    if (isDigest(digest)) origins.push({ digest, mediaType, size: (await content.manifest(digest)).length });
  }
  return origins;
}

async function hashAll(
  content: Content,
  all: readonly { readonly digest: Digest; readonly size: number }[],
  report: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  let done = 0;
  await forEachOf(all, HASHED_AT_ONCE, async (blob) => {
    signal?.throwIfAborted();
    const digest = await content.rehash(blob);
    if (digest !== blob.digest) {
      throw new MirrorError("E_DIGEST", `${short(blob.digest)} in ${content.name} is damaged: it is ${short(digest)}`, {
        next: "remove it from blobs/sha256 and pull again",
      });
    }
    report(`${++done} of ${all.length} files are as their names say`);
  });
}

/** A stretch of an archive. */
interface Segment {
  readonly size: number;
  /** From a byte of it to its end. */
  open(from: number): AsyncIterable<Buffer> | Buffer;
}

function segmentsOf({ pieces }: Volume, fixed: FixedFiles, content: Content): Segment[] {
  const files = FIXED.flatMap((name: FixedName) => {
    const text = Buffer.from(fixed[name]);
    return [bytes(header({ name, size: text.length })), bytes(text), bytes(Buffer.alloc(paddingOf(text.length)))];
  });
  const blobs = pieces.flatMap(({ name, digest, from, to }): Segment[] => {
    const source = content.source({ digest, size: to });
    return [
      bytes(header({ name, size: to - from })),
      { size: to - from, open: (offset) => source.open(from + offset, to) },
      bytes(Buffer.alloc(paddingOf(to - from))),
    ];
  });
  return [...files, ...blobs, bytes(END)].filter(({ size }) => size > 0);
}

function bytes(content: Buffer): Segment {
  return { size: content.length, open: (from) => content.subarray(from) };
}

function sizeOf({ pieces }: Volume, fixed: FixedFiles): number {
  const files = FIXED.reduce((sum, name) => sum + archived(Buffer.byteLength(fixed[name])), 0);
  return pieces.reduce((sum, { from, to }) => sum + archived(to - from), files + END.length);
}

/**
 * Writes an archive, from where an earlier run stopped; returns its SHA-256. What is there counts only as far as it is
 * what would be written: it may be of other images, or a disk that lost power may have lost it.
 */
async function writeVolume(
  file: string,
  segments: readonly Segment[],
  tally: Tally,
  signal?: AbortSignal,
): Promise<string> {
  const total = segments.reduce((sum, { size }) => sum + size, 0);
  const partial = `${file}.partial`;
  if ((await sizeIfThere(file)) === total && (await sizeIfThere(partial)) === undefined) {
    const hash = createHash("sha256");
    if ((await agreeing(file, segments, hash, signal)) === total) {
      tally.addBytes(total);
      return hash.digest("hex");
    }
  }
  const hash = createHash("sha256");
  const handle = await open(partial, "a");
  try {
    const there = await agreeing(partial, segments, hash, signal);
    await handle.truncate(there);
    tally.addBytes(there);
    for await (const chunk of bytesFrom(segments, there)) {
      signal?.throwIfAborted();
      hash.update(chunk);
      await handle.writeFile(chunk);
      tally.addBytes(chunk.length);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, file);
  return hash.digest("hex");
}

async function* bytesFrom(segments: readonly Segment[], position: number): AsyncGenerator<Buffer> {
  let start = 0;
  for (const segment of segments) {
    const from = Math.max(0, position - start);
    start += segment.size;
    if (from >= segment.size) continue;
    const content = segment.open(from);
    if (Buffer.isBuffer(content)) yield content;
    else yield* content;
  }
}

/** How many bytes at the beginning of a file are those of the segments, to within one chunk; they are hashed. */
async function agreeing(file: string, segments: readonly Segment[], hash: Hash, signal?: AbortSignal): Promise<number> {
  const handle = await open(file, "r");
  try {
    let buffer = Buffer.alloc(0);
    let position = 0;
    for await (const chunk of bytesFrom(segments, 0)) {
      signal?.throwIfAborted();
      if (buffer.length < chunk.length) buffer = Buffer.allocUnsafeSlow(chunk.length);
      const { bytesRead } = await handle.read(buffer, 0, chunk.length, position);
      const there = buffer.subarray(0, bytesRead);
      if (!there.equals(chunk.subarray(0, bytesRead))) return position;
      hash.update(there);
      position += bytesRead;
      if (bytesRead < chunk.length) return position;
    }
    return position;
  } finally {
    await handle.close();
  }
}

async function sizeIfThere(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ size }) => size,
    () => undefined,
  );
}

/** FAT takes no file of 4 GiB. */
const LARGEST_ON_FAT = 2 ** 32 - 1;
const FAT = 0x4d44;

async function checkSpace(folder: string, total: number, volumes: readonly Volume[], name: string): Promise<void> {
  const { bavail, bsize, type } = await statfs(folder);
  const there = await Promise.all(
    volumes.flatMap(({ number }) => {
      const file = path.join(folder, volumeName(name, number, volumes.length));
      return [sizeIfThere(file), sizeIfThere(`${file}.partial`)];
    }),
  );
  const needed = total - there.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  if (needed > bavail * bsize) {
    throw new MirrorError("E_SPACE", `need ${formatBytes(needed)}, have ${formatBytes(bavail * bsize)} on ${folder}`, {
      next: "export to several disks: --max-size, and move each volume away once it is written; or pull fewer platforms",
    });
  }
  const [largest] = volumes.map(({ pieces }) => pieces.reduce((sum, { from, to }) => sum + archived(to - from), 0));
  if (type === FAT && (largest ?? 0) > LARGEST_ON_FAT) {
    throw new MirrorError("E_SPACE", `${folder} is FAT, which takes no file of more than 4 GiB`, {
      next: "--max-size 4GB",
    });
  }
}
