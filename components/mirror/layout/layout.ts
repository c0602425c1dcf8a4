import { lstatSync, readFileSync } from "node:fs";
import { lstat, mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { readIfThere } from "../../kit/files.ts";
import type { Content, Sized } from "./content.ts";
import { readBase, union, writeBase } from "../delta/base-file.ts";
import type { Base, HeldBlob } from "../delta/holdings.ts";
import { MirrorError } from "../errors.ts";
import { type Digest, digestOf, hexOf, short } from "../oci/digest.ts";
import { type Descriptor, LARGEST_MANIFEST } from "../oci/manifest.ts";
import type { BlobSource } from "../registry/registry.ts";
import { bytesOf } from "./bytes.ts";
import { flushFolder, writeDurably } from "./durable.ts";
import { Hasher } from "./hasher.ts";
import { readLacking, writeLacking } from "./lacking.ts";
import { formatIndexFile, namedEntry, parseIndexFile } from "./index-file.ts";
import { PartialBlob } from "./partial.ts";

const LAYOUT_FILE = "oci-layout";
const INDEX_FILE = "index.json";
const LAYOUT = '{"imageLayoutVersion":"1.0.0"}';

/** A file among the blobs: whole, or what a broken transfer left. */
export interface Stored {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly modified: Date;
}

/** An OCI image layout: a folder that skopeo, crane, regctl, oras and containerd read as well. */
export class Layout implements Content {
  readonly name: string;
  readonly #folder: string;
  readonly #hasher: Hasher;
  readonly #entries: Map<string, Descriptor>;
  #base: Base | undefined;
  #lacking: readonly string[] = [];
  readonly #manifests: Promise<void>[] = [];
  #saving: Promise<void> = Promise.resolve();
  #nextSave: Promise<void> | undefined;

  private constructor(folder: string, hasher: Hasher, entries: Map<string, Descriptor>, base: Base | undefined) {
    this.name = folder;
    this.#folder = folder;
    this.#hasher = hasher;
    this.#entries = entries;
    this.#base = base;
  }

  /** Throws MirrorError E_BUNDLE for a folder that is none. */
  static async open(folder: string, threads = 1): Promise<Layout> {
    const file = path.join(folder, INDEX_FILE);
    const layout = await readIfThere(path.join(folder, LAYOUT_FILE));
    const index = await readIfThere(file);
    if (layout === undefined || index === undefined) {
      throw new MirrorError(
        "E_BUNDLE",
        `${folder} is not an image layout: it has no ${layout === undefined ? LAYOUT_FILE : INDEX_FILE}`,
        { next: `fill it: npm run mirror -- pull -o ${folder}` },
      );
    }
    const opened = new Layout(folder, new Hasher(threads), parseIndexFile(index, file), await readBase(folder));
    opened.#lacking = await readLacking(folder);
    return opened;
  }

  /** Opens a layout, or begins one in a folder that is empty or not there. */
  static async openOrCreate(folder: string, threads = 1): Promise<Layout> {
    await mkdir(path.join(folder, "blobs", "sha256"), { recursive: true });
    if ((await readIfThere(path.join(folder, LAYOUT_FILE))) === undefined) {
      await writeDurably(path.join(folder, INDEX_FILE), formatIndexFile(new Map()));
      await writeDurably(path.join(folder, LAYOUT_FILE), LAYOUT);
    }
    return Layout.open(folder, threads);
  }

  get entries(): ReadonlyMap<string, Descriptor> {
    return this.#entries;
  }

  get base(): Base | undefined {
    return this.#base;
  }

  /** Notes what is left out of it, before anything is listed that needs it. */
  async lend(base: Base): Promise<void> {
    this.#base = union(this.#base, base);
    await writeBase(this.#folder, this.#base);
  }

  /** Forgets of its base what is in it by now. */
  async settle(): Promise<void> {
    if (this.#base === undefined) return;
    const images = [...this.#base.images].filter(([reference]) => !this.#entries.has(reference));
    const blobs: HeldBlob[] = [];
    for (const blob of this.#base.blobs.values()) if (!(await this.has(blob))) blobs.push(blob);
    const isWhole = images.length + blobs.length === 0;
    this.#base = isWhole
      ? undefined
      : { images: new Map(images), blobs: new Map(blobs.map((blob) => [blob.digest, blob])) };
    await writeBase(this.#folder, this.#base);
  }

  /** What the last pull into it was to bring and did not. */
  get lacking(): readonly string[] {
    return this.#lacking.filter((reference) => !this.#entries.has(reference));
  }

  async lack(references: readonly string[]): Promise<void> {
    if (references.length + this.#lacking.length === 0) return;
    this.#lacking = references;
    await writeLacking(this.#folder, references);
  }

  get blobFolder(): string {
    return path.join(this.#folder, "blobs", "sha256");
  }

  blobFile(digest: Digest): string {
    return path.join(this.blobFolder, hexOf(digest));
  }

  has({ digest, size }: Sized): Promise<boolean> {
    return Promise.resolve(sizeOf(this.blobFile(digest)) === size);
  }

  /** Every file among the blobs, by name. */
  async stored(): Promise<Stored[]> {
    const names = (await readdir(this.blobFolder)).toSorted();
    return Promise.all(
      names.map(async (name) => {
        const { size, mtime } = await lstat(path.join(this.blobFolder, name));
        return { name, size, modified: mtime };
      }),
    );
  }

  /** Undefined where it is missing or damaged: then it is fetched again. */
  manifestIfWhole(digest: Digest): Buffer | undefined {
    const file = this.blobFile(digest);
    const size = sizeOf(file);
    if (size === undefined || size > LARGEST_MANIFEST) return undefined;
    const content = readFileSync(file);
    return digestOf(content) === digest ? content : undefined;
  }

  manifest(digest: Digest): Promise<Buffer> {
    const content = this.manifestIfWhole(digest);
    if (content !== undefined) return Promise.resolve(content);
    const isThere = sizeOf(this.blobFile(digest)) !== undefined;
    const error = new MirrorError(
      isThere ? "E_DIGEST" : "E_MISSING",
      `manifest ${short(digest)} in ${this.#folder} is ${isThere ? "damaged" : "missing"}`,
      { next: `fetch it again: npm run mirror -- pull -o ${this.#folder}` },
    );
    return Promise.reject(error);
  }

  source(blob: Sized): BlobSource {
    const file = this.blobFile(blob.digest);
    return { open: (from, to) => bytesOf(file, from, to) };
  }

  rehash(blob: Sized): Promise<Digest> {
    return this.#hasher.hash(this.blobFile(blob.digest), blob.size);
  }

  openPartial(blob: Descriptor): Promise<PartialBlob> {
    return PartialBlob.open(blob, this.blobFile(blob.digest));
  }

  /** Begins to write a manifest. Nothing is listed before it is on the disk; `written` tells where it cannot be. */
  writeManifest(digest: Digest, content: Uint8Array): void {
    const written = writeDurably(this.blobFile(digest), content);
    written.catch(() => undefined);
    this.#manifests.push(written);
  }

  async written(): Promise<void> {
    await Promise.all(this.#manifests);
  }

  isListed(reference: string, root: Descriptor): boolean {
    const entry = this.#entries.get(reference);
    const written = (descriptor: Descriptor) => JSON.stringify(namedEntry(reference, descriptor));
    return entry !== undefined && written(entry) === written(root);
  }

  /** Lists an image whose content is there. */
  async list(reference: string, root: Descriptor): Promise<void> {
    this.#entries.set(reference, namedEntry(reference, root));
    await this.save();
  }

  /** One save at a time; those that are asked for meanwhile are one more. */
  save(): Promise<void> {
    this.#nextSave ??= this.#saving
      .catch(() => undefined)
      .then(() => {
        this.#nextSave = undefined;
        this.#saving = this.#write();
        return this.#saving;
      });
    return this.#nextSave;
  }

  async #write(): Promise<void> {
    await this.written();
    await flushFolder(this.blobFolder);
    await writeDurably(path.join(this.#folder, INDEX_FILE), formatIndexFile(this.#entries));
    await flushFolder(this.#folder);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#manifests);
    await this.#hasher.close();
  }
}

/** Not by a thread: to hand the question over takes longer than to answer it, and all that is there is asked about. */
function sizeOf(file: string): number | undefined {
  try {
    const found = lstatSync(file);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined;
  }
}
