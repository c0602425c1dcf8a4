import { defined } from "../../kit/defined.ts";
import { formatReference, parseReference } from "../../kubeflow/images/reference.ts";
import { movingTo } from "../../kubeflow/images/rewrite.ts";
import { MirrorError } from "../errors.ts";
import { reach, type Reached } from "../oci/graph.ts";
import type { Digest } from "../oci/digest.ts";
import { type Descriptor, parseManifest } from "../oci/manifest.ts";
import { formatPlatform } from "../oci/platform.ts";
import { forEachOf } from "./pool.ts";
import type { Place } from "./plan.ts";
import type { Failure } from "./pull.ts";
import type { Registries } from "../registry/index.ts";
import type { Registry } from "../registry/registry.ts";
import { atFirst, placesOf, type Source } from "./sources.ts";

/** What a registry says that a reference stands for. */
export interface Measured {
  readonly digest: Digest;
  /** Of the manifest that the digest is of. */
  readonly mediaType: string;
  /** Where it was found, if not where it is published. */
  readonly source?: string;
  /** Where it was looked for before, and was not. */
  readonly tried?: readonly string[];
  /** Bytes of all that it consists of: manifests and blobs, each once. */
  readonly size: number;
  /** For an index: the image of each platform that it lists. */
  readonly platforms?: readonly PlatformImage[];
}

/** One image of an index. */
export interface PlatformImage {
  /** `linux/arm64/v8` */
  readonly platform: string;
  readonly digest: Digest;
  /** Bytes of its manifest and blobs. */
  readonly size: number;
}

export interface MeasureOptions {
  /** A mirror with its path, where images lie as `push` brings them; undefined: where each is published. */
  readonly mirror: string | undefined;
  /** Where images are looked for before the places where they are published; none with a mirror. */
  readonly sources?: readonly Source[];
  readonly registries: Registries;
  readonly concurrency: number;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface Measurement {
  /** By reference; an image that could not be asked about is not there. */
  readonly found: ReadonlyMap<string, Measured>;
  /** Where those were looked for that are nowhere. */
  readonly gone: ReadonlyMap<string, readonly string[]>;
  readonly failures: readonly Failure[];
}

/**
 * Asks registries what references stand for: a tag costs a HEAD and each manifest below it one GET; no blob is fetched. A
 * registry that does not answer is not asked again.
 */
export async function measureAll(references: readonly string[], options: MeasureOptions): Promise<Measurement> {
  const { concurrency, report, signal } = options;
  const found = new Map<string, Measured>();
  const failed = new Map<string, Failure>();
  const gone = new Map<string, readonly string[]>();
  const silent = new Map<string, unknown>();
  await forEachOf(references, concurrency, async (reference) => {
    signal?.throwIfAborted();
    const host = placesFor(reference, options)[0]?.host ?? "";
    try {
      if (silent.has(host)) throw silent.get(host);
      found.set(reference, await measure(reference, options));
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof MirrorError && error.code === "E_NETWORK") silent.set(host, error);
      failed.set(reference, { reference, error });
      const isGone = error instanceof MirrorError && error.code === "E_GONE";
      if (isGone && options.mirror === undefined)
        gone.set(reference, namesOf(reference, placesFor(reference, options)));
    }
    report(`${found.size} of ${references.length} images measured, ${failed.size} unknown`);
  });
  return { found, gone, failures: references.flatMap((reference) => failed.get(reference) ?? []) };
}

function placesFor(reference: string, { mirror, sources = [] }: MeasureOptions): readonly Place[] {
  if (mirror === undefined) return placesOf(reference, sources);
  const { host, path: repository } = movingTo(mirror)(parseReference(reference));
  return [{ host, repository }];
}

async function measure(reference: string, options: MeasureOptions): Promise<Measured> {
  const { tag, digest: pinned } = parseReference(reference);
  const places = placesFor(reference, options);
  return atFirst(reference, places, options.registries, async (place) => {
    const { host, repository } = place;
    const registry = options.registries.of(host);
    const digest = (pinned as Digest | undefined) ?? (await registry.head(repository, tag ?? "latest"));
    if (digest === undefined) {
      throw new MirrorError("E_GONE", `${reference}: ${host}/${repository} has no tag ${tag ?? "latest"}`);
    }
    const now = await measured(digest, reference, manifestsOf(registry, repository));
    return { ...now, ...(options.mirror === undefined ? originOf(reference, places, place) : {}) };
  });
}

/** Where an image was found and looked for; nothing where that is where it is published, at once. */
function originOf(reference: string, places: readonly Place[], place: Place): Pick<Measured, "source" | "tried"> {
  const names = namesOf(reference, places);
  const index = places.indexOf(place);
  const source = names[index];
  return defined({
    source: index === places.length - 1 ? undefined : source,
    tried: index === 0 ? undefined : names.slice(0, index),
  });
}

/** The reference as it is at each place. */
function namesOf(reference: string, places: readonly Place[]): string[] {
  const published = parseReference(reference);
  return places.map(({ host, repository: path }) => formatReference({ ...published, host, path }));
}

type Manifests = (digest: Digest) => Promise<Buffer>;

/** The manifests of a repository, each asked for once. */
function manifestsOf(registry: Registry, repository: string): Manifests {
  const known = new Map<Digest, Promise<Buffer>>();
  return (digest) => {
    const content = known.get(digest) ?? registry.manifest(repository, digest).then((fetched) => fetched.content);
    known.set(digest, content);
    return content;
  };
}

async function measured(digest: Digest, reference: string, manifests: Manifests): Promise<Measured> {
  const content = await manifests(digest);
  const manifest = parseManifest(content, undefined, reference);
  const below = (root: Descriptor) => reach(root, (one) => manifests(one.digest), reference);
  const size = bytesOf(await below({ mediaType: manifest.mediaType, digest, size: content.length }));
  const { mediaType } = manifest;
  if (manifest.kind === "image") return { digest, mediaType, size };
  const platforms: PlatformImage[] = [];
  for (const child of manifest.manifests) {
    // Attestations are of no platform.
    if (child.platform === undefined || child.platform.os === "unknown") continue;
    const platform = formatPlatform(child.platform);
    platforms.push({ platform, digest: child.digest, size: bytesOf(await below(child)) });
  }
  return { digest, mediaType, size, platforms };
}

function bytesOf({ manifests, blobs }: Reached): number {
  return [...manifests, ...blobs].reduce((sum, { size }) => sum + size, 0);
}
