import { MirrorError } from "../errors.ts";
import { explainPull } from "../registry/explain.ts";
import { reach } from "../oci/graph.ts";
import type { Digest } from "../oci/digest.ts";
import { type Descriptor, parseManifest } from "../oci/manifest.ts";
import { forEachOf } from "../transfer/pool.ts";
import type { Failure } from "../transfer/pull.ts";
import { StatusError } from "../registry/failures.ts";
import type { Registries } from "../registry/index.ts";
import type { Registry } from "../registry/registry.ts";
import type { WantedImage } from "../list/wanted.ts";
import { repositoryName } from "./base-file.ts";
import { type HeldBlob, heldIn, placeAt, placeBelow } from "./holdings.ts";
import type { Inventory, InventoryImage, InventoryManifest } from "./inventory.ts";

export interface SurveyOptions {
  /** A registry with an optional path, and no more of it than lies below that path. */
  readonly at: string;
  readonly registries: Registries;
  /** Asked for where the registry has no catalogue, or does not show it. */
  readonly listed: () => Promise<readonly WantedImage[]>;
  /** Do not ask for the catalogue. @default false */
  readonly onlyListed?: boolean;
  readonly concurrency: number;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface Surveyed {
  readonly inventory: Inventory;
  /** Images that have a name there and are not whole; what there is of their blobs is in the inventory. */
  readonly broken: readonly Failure[];
}

/** A name that an image may have, below the path of the mirror. */
interface Name {
  readonly repository: string;
  readonly tag: string;
}

/** Statuses of registries that have no catalogue, or show it to nobody. */
const NO_CATALOGUE = new Set([401, 403, 404, 405]);
const TAGS_AT_ONCE = 8;

/**
 * Finds out what a registry holds: every manifest is read, every blob asked for by a HEAD, none is fetched. Throws
 * MirrorError where the registry does not answer, or not to this user.
 */
export async function survey(options: SurveyOptions): Promise<Surveyed> {
  const { at, registries, concurrency, report, signal } = options;
  const { host } = placeAt(at, "any");
  const registry = registries.of(host);
  const catalogue = options.onlyListed === true ? undefined : await namesIn(registry, options);
  const names = catalogue ?? namesOf(await options.listed());
  const found = new Survey(registry, at);
  const broken: Failure[] = [];
  let done = 0;
  await forEachOf(names, concurrency, async (name) => {
    signal?.throwIfAborted();
    const reference = `${at}/${name.repository}:${name.tag}`;
    try {
      await found.look(name, reference);
    } catch (caught) {
      signal?.throwIfAborted();
      const error = await explainPull(caught, reference, host, () => registry.isKnown(name.repository));
      if (!(error instanceof MirrorError) || !BROKEN.has(error.code)) throw error;
      broken.push({ reference, error });
    }
    report(`${++done} of ${names.length} names looked up`);
  });
  const head = { kind: "inventory", version: 1, registry: at } as const;
  const inventory = { ...head, foundBy: catalogue === undefined ? "list" : "catalogue", ...found.result() } as const;
  return { inventory, broken: broken.toSorted((a, b) => (a.reference < b.reference ? -1 : 1)) };
}

/** What an image is that has a name but not all of its content, or is of no kind that is carried. */
const BROKEN: ReadonlySet<string> = new Set(["E_MISSING", "E_GONE", "E_MANIFEST", "E_DIGEST"]);

/** Undefined where the registry does not tell. */
async function namesIn(registry: Registry, { at, report, signal }: SurveyOptions): Promise<Name[] | undefined> {
  const { repository: folder } = placeAt(at, "");
  try {
    const below = (await registry.repositories())
      .filter((name) => name.startsWith(folder))
      .map((name) => name.slice(folder.length))
      .filter((name) => repositoryName.safeParse(name).success);
    const names: Name[] = [];
    await forEachOf(below, TAGS_AT_ONCE, async (repository) => {
      signal?.throwIfAborted();
      const tags = await registry.tags(`${folder}${repository}`);
      names.push(...tags.filter((tag) => TAG.test(tag)).map((tag) => ({ repository, tag })));
    });
    return names;
  } catch (error) {
    if (!(error instanceof StatusError) || !NO_CATALOGUE.has(error.status)) {
      throw await explainPull(error, at, registry.host, () => Promise.resolve(true));
    }
    report(`${registry.host} shows no catalogue (${error.status}): asked for the images of the list instead`);
    return undefined;
  }
}

const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** Where the images of a list lie; what has neither a tag nor a known digest has no name there. */
function namesOf(listed: readonly WantedImage[]): Name[] {
  return listed.flatMap(({ reference, digest }) => {
    const isNamed = digest !== undefined || reference.includes(":", reference.lastIndexOf("/"));
    return isNamed ? [placeBelow(reference, digest ?? UNUSED)] : [];
  });
}

/** For a reference with a tag, which needs no digest to be named. */
const UNUSED: Digest = `sha256:${"0".repeat(64)}`;

/** Content as it is found, each once. */
class Survey {
  readonly #registry: Registry;
  readonly #at: string;
  readonly #images: InventoryImage[] = [];
  readonly #manifests = new Map<Digest, InventoryManifest>();
  readonly #blobs = new Map<Digest, HeldBlob>();
  readonly #sizes = new Map<string, Promise<number | undefined>>();
  readonly #contents = new Map<string, Promise<Buffer>>();

  constructor(registry: Registry, at: string) {
    this.#registry = registry;
    this.#at = at;
  }

  /** Adds an image, where there is one of this name. Throws StatusError or MirrorError where it is not whole. */
  async look({ repository, tag }: Name, reference: string): Promise<void> {
    const path = placeAt(this.#at, repository).repository;
    const digest = await this.#registry.head(path, tag);
    if (digest === undefined) return;
    const content = await this.#manifest(path, digest);
    const { mediaType } = parseManifest(content, undefined, reference);
    const root = { digest, mediaType, size: content.length };
    const { manifests, blobs } = await reach(root, (one) => this.#manifest(path, one.digest), reference);
    const absent: Descriptor[] = [];
    for (const blob of blobs) {
      const isThere = (await this.#size(path, blob.digest)) === blob.size;
      if (isThere) this.#blobs.set(blob.digest, heldIn(repository, blob, this.#blobs.get(blob.digest)));
      else absent.push(blob);
    }
    for (const manifest of manifests) {
      const held = heldIn(repository, manifest, this.#manifests.get(manifest.digest));
      this.#manifests.set(manifest.digest, { ...held, mediaType: manifest.mediaType });
    }
    const [first] = absent;
    if (first !== undefined) {
      const more = absent.length === 1 ? "" : ` and ${absent.length - 1} more`;
      throw new MirrorError("E_MISSING", `${reference}: blob ${first.digest}${more} is not in the registry`);
    }
    const size = [...manifests, ...blobs].reduce((sum, one) => sum + one.size, 0);
    this.#images.push({ repository, tag, digest, mediaType, size });
  }

  result(): Pick<Inventory, "images" | "manifests" | "blobs"> {
    return { images: this.#images, manifests: [...this.#manifests.values()], blobs: [...this.#blobs.values()] };
  }

  #manifest(path: string, digest: Digest): Promise<Buffer> {
    return once(this.#contents, `${path}@${digest}`, async () => (await this.#registry.manifest(path, digest)).content);
  }

  #size(path: string, digest: Digest): Promise<number | undefined> {
    return once(this.#sizes, `${path}@${digest}`, () => this.#registry.blobSize(path, digest, "pull"));
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const asked = known.get(key) ?? ask();
  known.set(key, asked);
  return asked;
}
