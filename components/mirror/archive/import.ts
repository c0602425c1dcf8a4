import { baseFrom } from "../delta/base-file.ts";
import { MirrorError } from "../errors.ts";
import { parseIndexFile } from "../layout/index-file.ts";
import type { Layout } from "../layout/layout.ts";
import type { PartialBlob } from "../layout/partial.ts";
import { type Digest, short } from "../oci/digest.ts";
import { Tally } from "../transfer/tally.ts";
import { wholeGraph } from "../verify/content.ts";
import type { BlobName } from "./names.ts";
import { readArchive } from "./reader.ts";
import type { TarEntry } from "./tar.ts";
import { blobOf, knownName, type OpenedBundle, openVolumes, volumesMissing } from "./volumes.ts";

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
  /** References of what the bundle was to have and has not. */
  readonly lacking: readonly string[];
  /** Written; what was there is not written again. */
  readonly bytes: number;
}

/**
 * Takes volumes in, in whichever order they are named: everything is hashed on the way, and nothing but blobs that the
 * bundle lists is ever written. Images are listed once all of them is there. Throws MirrorError E_VOLUME where volumes
 * are missing, E_BUNDLE for what is no bundle or another one, E_DIGEST for what was changed.
 */
export async function importBundle({ volumes, layout, expected, report, signal }: ImportOptions): Promise<Imported> {
  const bundle = await openVolumes(volumes, expected);
  const { first } = bundle;
  const tally = new Tally(
    { bytes: first.manifest.content.reduce((sum, { size }) => sum + size, 0), images: 0 },
    report,
  );
  let bytes = 0;
  for (const { file } of bundle.volumes) {
    const importer = new VolumeImporter(file, layout, bundle, tally, signal);
    try {
      await readArchive(
        file,
        (entry) => importer.take(entry),
        (entry) => importer.done(entry),
      );
    } finally {
      importer.leave();
    }
    bytes += importer.bytes;
  }
  await checkWhole(bundle, layout);
  const { base, lacking = [] } = first.manifest;
  if (base !== undefined) await layout.lend(baseFrom(base));
  const entries = parseIndexFile(first.index, first.file);
  for (const [reference, root] of entries) await wholeGraph(layout, reference, root);
  await Promise.all([...entries].map(([reference, root]) => layout.list(reference, root)));
  await layout.settle();
  await layout.lack([...layout.lacking, ...lacking]);
  return { bundle: first.volume.bundle, images: [...entries.keys()], lacking, bytes };
}

class VolumeImporter {
  readonly #file: string;
  readonly #layout: Layout;
  readonly #bundle: OpenedBundle;
  readonly #tally: Tally;
  readonly #signal: AbortSignal | undefined;
  #partial: PartialBlob | undefined;
  bytes = 0;

  constructor(file: string, layout: Layout, bundle: OpenedBundle, tally: Tally, signal: AbortSignal | undefined) {
    this.#file = file;
    this.#layout = layout;
    this.#bundle = bundle;
    this.#tally = tally;
    this.#signal = signal;
  }

  async take({ name, size }: TarEntry): Promise<((chunk: Buffer) => Promise<void> | undefined) | undefined> {
    const known = knownName(name, this.#file);
    if (typeof known === "string") return undefined;
    const blob = blobOf(this.#bundle, known, { name, size, file: this.#file });
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
    if (partial.length < (this.#bundle.listed.get(known.digest) ?? 0)) return partial.leave();
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
  leave(): void {
    this.#partial?.leave();
    this.#partial = undefined;
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

async function checkWhole(bundle: OpenedBundle, layout: Layout): Promise<void> {
  const { listed } = bundle;
  let missing = 0;
  for (const [digest, size] of listed) if (!(await layout.has({ digest, size }))) missing += 1;
  if (missing === 0) return;
  const others = volumesMissing(bundle);
  const which = others.length === 0 ? "" : `; not given were ${others.join(", ")}`;
  throw new MirrorError(
    "E_VOLUME",
    `${missing} of ${listed.size} files are still missing${which}; what was given is taken in`,
    {
      next: "import the other volumes into the same folder",
    },
  );
}
