import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { movingTo } from "../../kubeflow/images/rewrite.ts";
import type { Sized } from "../layout/content.ts";
import { MirrorError } from "../errors.ts";
import { Layout } from "../layout/layout.ts";
import { type Digest, short } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import type { Place } from "../transfer/plan.ts";
import { forEachOf } from "../transfer/pool.ts";
import type { Failure } from "../transfer/pull.ts";
import type { Registries } from "../registry/index.ts";
import type { BlobSource } from "../registry/registry.ts";
import { formatBytes } from "../transfer/tally.ts";
import { targetOf } from "../transfer/target.ts";
import { type Base, placeAt } from "./holdings.ts";

const ASKED_AT_ONCE = 16;

/** The site's registry, as the lender of what a delta leaves out. */
export class Lender {
  readonly #base: Base;
  readonly #to: string;
  readonly #registries: Registries;
  readonly #places = new Map<Digest, Promise<Place | undefined>>();
  #copies: Promise<Layout> | undefined;

  /** `to`: registry with an optional path. */
  constructor(base: Base, to: string, registries: Registries) {
    this.#base = base;
    this.#to = to;
    this.#registries = registries;
  }

  /** Whether the delta leaves this blob out. */
  lends({ digest }: Sized): boolean {
    return this.#base.blobs.has(digest);
  }

  /** A repository that has the blob, to take it over from. Throws MirrorError E_BASE where none has it any more. */
  async place(blob: Sized, reference: string): Promise<Place> {
    const asked = this.#places.get(blob.digest) ?? this.#find(blob);
    this.#places.set(blob.digest, asked);
    const place = await asked;
    if (place !== undefined) return place;
    const { repositories = [] } = this.#base.blobs.get(blob.digest) ?? {};
    throw this.#wrong(
      `${reference}: blob ${short(blob.digest)} (${formatBytes(blob.size)}) was left out because the site had it in ` +
        `${repositories.join(", ")}; ${this.#to} does not have it`,
    );
  }

  /** Images that were left out and are not there as they were. */
  async absent(): Promise<Failure[]> {
    const failures: Failure[] = [];
    await forEachOf([...this.#base.images], ASKED_AT_ONCE, async ([reference, digest]) => {
      const { place, tag } = targetOf(reference, { digest }, movingTo(this.#to));
      const there = await this.#registries.of(place.host).head(place.repository, tag);
      if (there === digest) return;
      const now = there === undefined ? "it is not there" : `it is ${short(there)} there`;
      const error = this.#wrong(
        `${reference} was left out because the site had it as ${short(digest)}; in ${this.#to} ${now}`,
      );
      failures.push({ reference, error });
    });
    return failures.toSorted((a, b) => (a.reference < b.reference ? -1 : 1));
  }

  /**
   * The bytes of a blob, for a registry that takes none over from one of its repositories to another: they are fetched
   * into a folder of their own first.
   */
  source(blob: Descriptor, from: Place): BlobSource {
    const fetched = () => this.#fetch(blob, from);
    return {
      async *open(start, end) {
        yield* (await fetched()).source(blob).open(start, end);
      },
    };
  }

  /** Removes what was fetched. */
  async close(): Promise<void> {
    const copies = await this.#copies;
    if (copies === undefined) return;
    await copies.close();
    await rm(copies.name, { recursive: true, force: true });
  }

  async #find(blob: Sized): Promise<Place | undefined> {
    for (const name of this.#base.blobs.get(blob.digest)?.repositories ?? []) {
      const place = placeAt(this.#to, name);
      const size = await this.#registries.of(place.host).blobSize(place.repository, blob.digest, "pull");
      if (size === blob.size) return place;
    }
    return undefined;
  }

  async #fetch(blob: Descriptor, from: Place): Promise<Layout> {
    this.#copies ??= mkdtemp(path.join(tmpdir(), "kubeflow-mirror-")).then((folder) => Layout.openOrCreate(folder));
    const copies = await this.#copies;
    if (await copies.has(blob)) return copies;
    const partial = await copies.openPartial(blob);
    try {
      await this.#registries.of(from.host).download(from.repository, blob, partial);
    } catch (error) {
      partial.leave();
      throw error;
    }
    await partial.finish();
    return copies;
  }

  #wrong(message: string): MirrorError {
    return new MirrorError("E_BASE", message, {
      next:
        `at the site npm run mirror -- inventory ${this.#to} -o have.json, and with that file pull --have again; ` +
        "or pull the whole without --have",
    });
  }
}
