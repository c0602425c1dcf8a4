import path from "node:path";
import { systemErrorCode } from "../../kit/errors.ts";
import { MirrorError } from "../errors.ts";
import { type Digest, digestOf } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { type BundleManifest, parseBundleManifest, parseVolumeManifest, type VolumeManifest } from "./manifest.ts";
import { type BlobName, type FixedName, readName, volumeName } from "./names.ts";
import { readArchive } from "./reader.ts";

/** A volume whose first files have been read. */
export interface OpenedVolume {
  readonly file: string;
  readonly volume: VolumeManifest;
  readonly manifest: BundleManifest;
  readonly index: string;
}

/** Volumes of one bundle, in order, and what the bundle lists. */
export interface OpenedBundle {
  readonly volumes: readonly OpenedVolume[];
  readonly first: OpenedVolume;
  readonly listed: ReadonlyMap<Digest, number>;
}

/** A fixed file is never larger. */
const LARGEST_FIXED = 64 * 1024 * 1024;

/**
 * Reads what volumes say of themselves. Throws MirrorError E_BUNDLE where one is no volume, or they are not of one bundle,
 * or not of the one that is expected.
 */
export async function openVolumes(files: readonly string[], expected?: Digest): Promise<OpenedBundle> {
  const opened = await Promise.all(files.map(openVolume));
  const [first] = opened;
  if (first === undefined) throw new MirrorError("E_USAGE", "no volume is named");
  const other = opened.find(({ volume }) => volume.bundle !== first.volume.bundle);
  if (other !== undefined) {
    throw new MirrorError("E_BUNDLE", `${other.file} and ${first.file} are of different bundles`, {
      next: "take those of one bundle first, then those of the other",
    });
  }
  if (expected !== undefined && first.volume.bundle !== expected) {
    throw new MirrorError("E_BUNDLE", `${first.file} is of bundle ${first.volume.bundle}, expected is ${expected}`, {
      next: "carry over the bundle that export told the digest of",
    });
  }
  const listed = new Map(first.manifest.content.map(({ digest, size }) => [digest, size]));
  return { volumes: opened.toSorted((a, b) => a.volume.number - b.volume.number), first, listed };
}

/** Files that are missing of a bundle, by the names that export gave them beside the given ones. */
export function volumesMissing({ volumes, first }: OpenedBundle): string[] {
  const { of, number } = first.volume;
  const given = new Set(volumes.map(({ volume }) => volume.number));
  const numbers = Array.from({ length: of }, (_, index) => index + 1).filter((one) => !given.has(one));
  const own = path.basename(first.file);
  const ending = volumeName("", number, of);
  const name = own.endsWith(ending) ? own.slice(0, -ending.length) : undefined;
  return numbers.map((one) => (name === undefined ? `volume ${one} of ${of}` : volumeName(name, one, of)));
}

/** Reads the fixed files of a volume; they stand before its blobs. */
export async function openVolume(file: string): Promise<OpenedVolume> {
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

/** The whole blob that a file of a volume is or belongs to. Throws MirrorError E_BUNDLE for what is not as listed. */
export function blobOf(
  { listed }: Pick<OpenedBundle, "listed">,
  { digest, from }: BlobName,
  { name, size, file }: { readonly name: string; readonly size: number; readonly file: string },
): Descriptor {
  const whole = listed.get(digest);
  if (whole === undefined) throw new MirrorError("E_BUNDLE", `${file}: ${name} is not listed in bundle.json`);
  const isWhole = !name.includes(".at");
  if (isWhole ? size !== whole : from + size > whole) {
    throw new MirrorError("E_BUNDLE", `${file}: ${name} has ${size} bytes, bundle.json says ${whole}`);
  }
  return { digest, size: whole, mediaType: "application/octet-stream" };
}

/** What a name in a volume stands for. Throws MirrorError E_BUNDLE for one that no bundle has. */
export function knownName(name: string, file: string): FixedName | BlobName | "folder" {
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
