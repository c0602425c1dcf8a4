import { createHash } from "node:crypto";
import type { Content, Sized } from "../layout/content.ts";
import { baseFrom } from "../delta/base-file.ts";
import type { Base } from "../delta/holdings.ts";
import { MirrorError } from "../errors.ts";
import { bytesOf } from "../layout/bytes.ts";
import { Hasher } from "../layout/hasher.ts";
import { parseIndexFile } from "../layout/index-file.ts";
import { type Digest, digestOf, short } from "../oci/digest.ts";
import { type Descriptor, LARGEST_MANIFEST } from "../oci/manifest.ts";
import type { BlobSource } from "../registry/registry.ts";
import { readArchive } from "./reader.ts";
import { blobOf, knownName, type OpenedBundle, openVolumes, volumesMissing } from "./volumes.ts";

/** Where bytes of a blob stand: those from `from` up to `to` at `position` of a volume. */
interface Stretch {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly position: number;
}

/** The images of a bundle, read where its volumes lie: nothing is unpacked. */
export class VolumesContent implements Content {
  readonly name: string;
  readonly base: Base | undefined;
  readonly entries: ReadonlyMap<string, Descriptor>;
  readonly #stretches: ReadonlyMap<Digest, readonly Stretch[]>;
  readonly #hasher: Hasher;

  private constructor(bundle: OpenedBundle, stretches: ReadonlyMap<Digest, readonly Stretch[]>, threads: number) {
    const { volumes, first } = bundle;
    this.name = volumes.length === 1 ? first.file : `${first.file} and ${volumes.length - 1} more`;
    this.base = first.manifest.base && baseFrom(first.manifest.base);
    this.entries = parseIndexFile(first.index, first.file);
    this.#stretches = stretches;
    this.#hasher = new Hasher(threads);
  }

  /**
   * Reads the headers of all volumes of a bundle. Throws MirrorError E_VOLUME where some are missing, E_BUNDLE for what is
   * no bundle or not the expected one.
   */
  static async open(
    files: readonly string[],
    { expected, threads = 1 }: { readonly expected?: Digest; readonly threads?: number } = {},
  ): Promise<VolumesContent> {
    const bundle = await openVolumes(files, expected);
    const missing = volumesMissing(bundle);
    if (missing.length > 0) {
      throw new MirrorError("E_VOLUME", `missing ${missing.join(", ")}`, {
        next: "name all volumes, or import those that are at hand one after the other: npm run mirror -- import",
      });
    }
    const stretches = new Map<Digest, Stretch[]>();
    for (const { file } of bundle.volumes) await readHeaders(file, bundle, stretches);
    return new VolumesContent(bundle, stretches, threads);
  }

  has({ digest, size }: Sized): Promise<boolean> {
    return Promise.resolve(reachOf(this.#stretches.get(digest) ?? []) === size);
  }

  async manifest(digest: Digest): Promise<Buffer> {
    const stretches = this.#stretches.get(digest) ?? [];
    const size = reachOf(stretches);
    if (size === undefined) {
      throw new MirrorError("E_MISSING", `manifest ${short(digest)} is not in ${this.name}`, { next: AGAIN });
    }
    const content = size > LARGEST_MANIFEST ? Buffer.alloc(0) : await this.#read(digest, size);
    if (digestOf(content) === digest) return content;
    throw new MirrorError("E_DIGEST", `manifest ${short(digest)} in ${this.name} is damaged`, { next: AGAIN });
  }

  source({ digest }: Sized): BlobSource {
    const stretches = this.#stretches.get(digest) ?? [];
    return {
      async *open(from, to) {
        for (const { file, from: begin, to: end, position } of stretches) {
          const [first, last] = [Math.max(from, begin), Math.min(to, end)];
          if (first < last) yield* bytesOf(file, position + first - begin, position + last - begin);
        }
      },
    };
  }

  async rehash({ digest, size }: Sized): Promise<Digest> {
    const [only, ...others] = this.#stretches.get(digest) ?? [];
    if (only !== undefined && others.length === 0) return this.#hasher.hash(only.file, size, only.position);
    const hash = createHash("sha256");
    for await (const chunk of this.source({ digest, size }).open(0, size)) hash.update(chunk);
    return `sha256:${hash.digest("hex")}`;
  }

  async close(): Promise<void> {
    await this.#hasher.close();
  }

  async #read(digest: Digest, size: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.source({ digest, size }).open(0, size)) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  }
}

const AGAIN = "carry the volume over again";

/** Bytes from the first on without a gap; undefined where there is nothing. */
function reachOf(stretches: readonly Stretch[]): number | undefined {
  let reach = stretches.length === 0 ? undefined : 0;
  for (const { from, to } of stretches) {
    if (from !== reach) break;
    reach = to;
  }
  return reach;
}

/** Volumes are read in order, so what a blob has of them comes in order as well. */
async function readHeaders(file: string, bundle: OpenedBundle, found: Map<Digest, Stretch[]>): Promise<void> {
  await readArchive(
    file,
    ({ name, size }, position) => {
      const known = knownName(name, file);
      if (typeof known === "string") return undefined;
      const { digest, from } = known;
      blobOf(bundle, known, { name, size, file });
      const stretches = found.get(digest) ?? [];
      stretches.push({ file, from, to: from + size, position });
      found.set(digest, stretches);
      return undefined;
    },
    () => Promise.resolve(),
  );
}
