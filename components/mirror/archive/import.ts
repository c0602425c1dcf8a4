import { systemErrorCode } from "../../kit/errors.ts";
import { MirrorError } from "../errors.ts";
import { parseIndexFile } from "../layout/index-file.ts";
import type { Layout } from "../layout/layout.ts";
import type { PartialBlob } from "../layout/partial.ts";
import { type Digest, digestOf, short } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { Tally } from "../tally.ts";
import { wholeGraph } from "../verify/content.ts";
import { type BundleManifest, parseBundleManifest, parseVolumeManifest, type VolumeManifest } from "./manifest.ts";
import { type BlobName, type FixedName, readName } from "./names.ts";
import { readArchive } from "./reader.ts";
import type { TarEntry } from "./tar.ts";

export interface ImportOptions {
  readonly volumes: readonly string[];
  readonly layout: Layout;
  /** What export said: the bundle must be that one. */
  readonly expected?: Digest;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface Imported {
  readonly bundle: Digest;
  readonly images: readonly string[];
  /** Written; what was there is not written again. */
  readonly bytes: number;
}

/** A volume whose first files have been read. */
interface OpenedVolume {
  readonly file: string;
  readonly volume: VolumeManifest;
  readonly manifest: BundleManifest;
  readonly index: string;
}

/** A fixed file is never larger. */
const LARGEST_FIXED = 64 * 1024 * 1024;

/**
 * Takes volumes in, in whichever order they are named: everything is hashed on the way, and nothing but blobs that the
 * bundle lists is ever written. Images are listed once all of them is there. Throws MirrorError E_VOLUME where volumes
 * are missing, E_BUNDLE for what is no bundle or another one, E_DIGEST for what was changed.
 */
export async function importBundle({ volumes, layout, expected, report, signal }: ImportOptions): Promise<Imported> {
  const opened = await Promise.all(volumes.map(openVolume));
  const [first] = opened;
  if (first === undefined) throw new MirrorError("E_USAGE", "no volume is named");
  const other = opened.find(({ volume }) => volume.bundle !== first.volume.bundle);
  if (other !== undefined) {
    throw new MirrorError("E_BUNDLE", `${other.file} and ${first.file} are of different bundles`, {
      next: "import one after the other",
    });
  }
  if (expected !== undefined && first.volume.bundle !== expected) {
    throw new MirrorError("E_BUNDLE", `${first.file} is of bundle ${first.volume.bundle}, expected is ${expected}`, {
      next: "carry over the bundle that export told the digest of",
    });
  }
  const listed = new Map(first.manifest.content.map(({ digest, size }) => [digest, size]));
  const tally = new Tally(
    { bytes: first.manifest.content.reduce((sum, { size }) => sum + size, 0), images: 0 },
    report,
  );
  let bytes = 0;
  for (const { file } of opened.toSorted((a, b) => a.volume.number - b.volume.number)) {
    const importer = new VolumeImporter(file, layout, listed, tally, signal);
    try {
      await readArchive(
        file,
        (entry) => importer.take(entry),
        (entry) => importer.done(entry),
      );
    } finally {
      await importer.leave();
    }
    bytes += importer.bytes;
  }
  await checkWhole(opened, listed, layout);
  const entries = parseIndexFile(first.index, first.file);
  for (const [reference, root] of entries) await wholeGraph(layout, reference, root);
  await Promise.all([...entries].map(([reference, root]) => layout.list(reference, root)));
  return { bundle: first.volume.bundle, images: [...entries.keys()], bytes };
}

/** Reads the fixed files of a volume; they stand before its blobs. */
async function openVolume(file: string): Promise<OpenedVolume> {
  const fixed = new Map<FixedName, string>();
  const enough = new Error("enough is known");
  try {
    await readArchive(
      file,
      ({ name, size }) => {
        const known = knownName(name, file);
        if (known === "folder") return undefined;
        if (typeof known !== "string") throw enough;
        if (size > LARGEST_FIXED) throw new MirrorError("E_BUNDLE", `${file}: ${name} is too large`);
        const chunks: Buffer[] = [];
        return (chunk) => {
          chunks.push(Buffer.from(chunk));
          fixed.set(known, Buffer.concat(chunks).toString("utf8"));
          return undefined;
        };
      },
      () => Promise.resolve(),
    );
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") throw new MirrorError("E_USAGE", `${file} does not exist`);
    if (error !== enough) throw error;
  }
  const read = (name: FixedName) => {
    const text = fixed.get(name);
    if (text === undefined)
      throw new MirrorError("E_BUNDLE", `${file} is no volume of a bundle: it does not begin with ${name}`);
    return text;
  };
  const volume = parseVolumeManifest(read("volume.json"), file);
  if (digestOf(read("bundle.json")) !== volume.bundle) throw damaged(file, "bundle.json");
  const manifest = parseBundleManifest(read("bundle.json"), file);
  if (digestOf(read("index.json")) !== manifest.index) throw damaged(file, "index.json");
  return { file, volume, manifest, index: read("index.json") };
}

class VolumeImporter {
  readonly #file: string;
  readonly #layout: Layout;
  readonly #listed: ReadonlyMap<Digest, number>;
  readonly #tally: Tally;
  readonly #signal: AbortSignal | undefined;
  #partial: PartialBlob | undefined;
  bytes = 0;

  constructor(
    file: string,
    layout: Layout,
    listed: ReadonlyMap<Digest, number>,
    tally: Tally,
    signal: AbortSignal | undefined,
  ) {
    this.#file = file;
    this.#layout = layout;
    this.#listed = listed;
    this.#tally = tally;
    this.#signal = signal;
  }

  async take({ name, size }: TarEntry): Promise<((chunk: Buffer) => Promise<void> | undefined) | undefined> {
    const known = knownName(name, this.#file);
    if (typeof known === "string") return undefined;
    const blob = this.#blobOf(known, name, size);
    const { from } = known;
    if (await this.#layout.has(blob)) {
      this.#tally.addBytes(size);
      return undefined;
    }
    const partial = await this.#layout.openPartial(blob);
    this.#partial = partial;
    if (partial.length < from) throw this.#tooEarly(blob.digest);
    // What an interrupted import wrote of this piece is not written again.
    let skip = partial.length - from;
    return (chunk) => {
      this.#signal?.throwIfAborted();
      this.#tally.addBytes(chunk.length);
      const fresh = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - fresh.length;
      if (fresh.length === 0) return undefined;
      this.bytes += fresh.length;
      return partial.write(fresh);
    };
  }

  async done({ name }: TarEntry): Promise<void> {
    const partial = this.#partial;
    this.#partial = undefined;
    if (partial === undefined) return;
    const known = knownName(name, this.#file) as BlobName;
    if (partial.length < (this.#listed.get(known.digest) ?? 0)) return partial.leave();
    try {
      await partial.finish();
    } catch (error) {
      if (!(error instanceof MirrorError)) throw error;
      throw new MirrorError("E_DIGEST", `${this.#file}: ${error.message}: it was changed or damaged on the way`, {
        next: "carry the volume over again",
        cause: error,
      });
    }
  }

  /** Keeps what there is of a blob whose volume ended badly. */
  async leave(): Promise<void> {
    await this.#partial?.leave();
    this.#partial = undefined;
  }

  #blobOf({ digest, from }: BlobName, name: string, size: number): Descriptor {
    const whole = this.#listed.get(digest);
    if (whole === undefined) throw new MirrorError("E_BUNDLE", `${this.#file}: ${name} is not listed in bundle.json`);
    const isWhole = !name.includes(".at");
    if (isWhole ? size !== whole : from + size > whole) {
      throw new MirrorError("E_BUNDLE", `${this.#file}: ${name} has ${size} bytes, bundle.json says ${whole}`);
    }
    return { digest, size: whole, mediaType: "application/octet-stream" };
  }

  #tooEarly(digest: Digest): MirrorError {
    return new MirrorError(
      "E_VOLUME",
      `${this.#file} goes on with ${short(digest)}, the beginning of which is not there`,
      {
        next: "import the volume before it first, or all together",
      },
    );
  }
}

async function checkWhole(
  opened: readonly OpenedVolume[],
  listed: ReadonlyMap<Digest, number>,
  layout: Layout,
): Promise<void> {
  let missing = 0;
  for (const [digest, size] of listed) if (!(await layout.has({ digest, size }))) missing += 1;
  if (missing === 0) return;
  const given = new Set(opened.map(({ volume }) => volume.number));
  const of = opened[0]?.volume.of ?? 0;
  const others = Array.from({ length: of }, (_, index) => index + 1).filter((number) => !given.has(number));
  const which = others.length === 0 ? "" : ` from volume ${others.join(", ")} of ${of}`;
  throw new MirrorError(
    "E_VOLUME",
    `${missing} of ${listed.size} files are still missing${which}; what was given is taken in`,
    {
      next: "import the other volumes into the same folder",
    },
  );
}

function knownName(name: string, file: string): FixedName | BlobName | "folder" {
  const known = readName(name);
  if (known !== undefined) return known;
  throw new MirrorError("E_BUNDLE", `${file}: ${JSON.stringify(name)} has no place in a bundle`, {
    next: "do not use this file: it was not written by export",
  });
}

function damaged(file: string, name: string): MirrorError {
  return new MirrorError(
    "E_BUNDLE",
    `${file}: ${name} is not what the volume says: it was changed or damaged on the way`,
    {
      next: "carry the volume over again",
    },
  );
}
