import { parseReference } from "../../kubeflow/images/reference.ts";
import { MirrorError } from "../errors.ts";
import { chosenFrom, reach } from "../oci/graph.ts";
import { CHOSEN_FROM } from "../layout/index-file.ts";
import type { Layout } from "../layout/layout.ts";
import { type Digest, digestOf } from "../oci/digest.ts";
import { type Descriptor, OCI_INDEX, parseManifest } from "../oci/manifest.ts";
import { formatPlatform, type Platform, type PlatformChoice } from "../oci/platform.ts";
import type { ImageGraph, Place } from "./plan.ts";
import type { Registries } from "../registry/index.ts";
import type { WantedImage } from "../list/wanted.ts";

/** The manifests of one run: each is asked for once, however many images share it. */
export class Manifests {
  readonly #layout: Layout;
  readonly #known = new Map<Digest, Promise<Buffer>>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** From the layout, or by `fetch` and then into it. */
  get(digest: Digest, fetch: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.#known.get(digest);
    if (known !== undefined) return known;
    const found = this.#find(digest, fetch);
    this.#known.set(digest, found);
    // What one repository does not have another one may.
    found.catch(() => this.#known.delete(digest));
    return found;
  }

  async put(digest: Digest, content: Buffer): Promise<void> {
    await this.get(digest, () => Promise.resolve(content));
  }

  async #find(digest: Digest, fetch: () => Promise<Buffer>): Promise<Buffer> {
    const there = this.#layout.manifestIfWhole(digest);
    if (there !== undefined) return there;
    const content = await fetch();
    this.#layout.writeManifest(digest, content);
    return content;
  }
}

/**
 * Finds out what an image consists of and writes its manifests to the layout. A digest that is known is asked for as such
 * and costs nothing where its manifests are there; a tag costs a HEAD, which registries do not count as a pull.
 */
export async function resolveImage(
  image: WantedImage,
  { host, repository }: Place,
  manifests: Manifests,
  registries: Registries,
  platforms: PlatformChoice,
): Promise<ImageGraph> {
  const { tag, digest: pinned } = parseReference(image.reference);
  const registry = registries.of(host);
  const digest = image.digest ?? (await registry.head(repository, tag ?? "latest"));
  if (digest === undefined) {
    throw new MirrorError("E_GONE", `${image.reference}: ${host} has no such tag`, {
      next: "name another source for it (--source), or log in if it is private",
    });
  }
  const fetched = (wanted: Digest) =>
    manifests.get(wanted, async () => (await registry.manifest(repository, wanted)).content);
  const content = await fetched(digest);
  const { mediaType } = parseManifest(content, undefined, image.reference);
  const whole: Descriptor = { mediaType, digest, size: content.length };
  const root = pinned === undefined ? await choose(whole, content, image.reference, platforms, manifests) : whole;
  const graph = await reach(root, ({ digest: wanted }) => fetched(wanted), image.reference);
  return { reference: image.reference, place: { host, repository }, root, ...graph };
}

/**
 * What a reference stands for once unwanted platforms are left out: the only image that remains, or an index of those
 * that do. A reference by digest is never changed, for what it names must stay what it says.
 */
async function choose(
  whole: Descriptor,
  content: Buffer,
  reference: string,
  platforms: PlatformChoice,
  manifests: Manifests,
): Promise<Descriptor> {
  if (platforms === "all") return whole;
  const manifest = parseManifest(content, whole.mediaType, reference);
  if (manifest.kind === "image") return whole;
  const chosen = chosenFrom(manifest.manifests, platforms);
  if (chosen.length === manifest.manifests.length) return whole;
  const annotations = { [CHOSEN_FROM]: whole.digest };
  const [only] = chosen;
  if (only === undefined) {
    const there = manifest.manifests.flatMap(({ platform }) =>
      platform === undefined || platform.os === "unknown" ? [] : [formatPlatform(platform as Platform)],
    );
    throw new MirrorError("E_MANIFEST", `${reference} has no image for ${platforms.map(formatPlatform).join(", ")}`, {
      next: `it has ${there.join(", ")}: name one of them with --platform`,
    });
  }
  if (chosen.length === 1) return { ...only, annotations };
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: chosen }));
  const digest = digestOf(index);
  await manifests.put(digest, index);
  return { mediaType: OCI_INDEX, digest, size: index.length, annotations };
}
