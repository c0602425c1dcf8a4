import { rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { canonical } from "../../kubeflow/images/reference.ts";
import { readIfThere } from "../../kit/files.ts";
import { readJson } from "../../kit/json.ts";
import { MirrorError } from "../errors.ts";
import { writeDurably } from "../layout/durable.ts";
import { digestSchema as digest } from "../oci/digest.ts";
import type { Base } from "./holdings.ts";

/** Beside `index.json` in the folder of a delta. */
const FILE = "base.json";

const reference = z.string().refine((text) => isCanonical(text), "is not a full reference");
/** A path of the distribution API, so that it can be part of a URL. */
export const repositoryName = z
  .string()
  .regex(/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/, "is not the name of a repository");

export const heldBlobSchema = z.object({
  digest,
  size: z.int().min(0),
  repositories: z.array(repositoryName).min(1),
});

/** A base as it is written: into `base.json` of a layout, and as `base` into `bundle.json`. */
export const baseSchema = z.object({
  images: z.array(z.object({ reference, digest })),
  blobs: z.array(heldBlobSchema),
});

export type WrittenBase = z.infer<typeof baseSchema>;

/** Undefined where the folder relies on nothing. Throws MirrorError E_BUNDLE where the file is damaged. */
export async function readBase(folder: string): Promise<Base | undefined> {
  const file = path.join(folder, FILE);
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  const refuse = (why: string) =>
    new MirrorError("E_BUNDLE", `${file} does not say what the site is taken to have: ${why}`, {
      next: "remove it and pull into the folder again, with --have or without",
    });
  return baseFrom(readJson(baseSchema, text, refuse));
}

/** Undefined removes it. */
export async function writeBase(folder: string, base: Base | undefined): Promise<void> {
  const file = path.join(folder, FILE);
  if (base === undefined) return rm(file, { force: true });
  await writeDurably(file, `${JSON.stringify(writtenBase(base), undefined, 2)}\n`);
}

/** Sorted, so that the same base is the same text. */
export function writtenBase({ images, blobs }: Base): WrittenBase {
  return {
    images: [...images]
      .map(([of, held]) => ({ reference: of, digest: held }))
      .sort((a, b) => (a.reference < b.reference ? -1 : 1)),
    blobs: [...blobs.values()]
      .map((blob) => ({ ...blob, repositories: [...blob.repositories] }))
      .sort((a, b) => (a.digest < b.digest ? -1 : 1)),
  };
}

export function baseFrom({ images, blobs }: WrittenBase): Base {
  return {
    images: new Map(images.map((image) => [image.reference, image.digest])),
    blobs: new Map(blobs.map((blob) => [blob.digest, blob])),
  };
}

/** Both together; of what both have the second counts. */
export function union(one: Base | undefined, other: Base): Base {
  return {
    images: new Map([...(one?.images ?? []), ...other.images]),
    blobs: new Map([...(one?.blobs ?? []), ...other.blobs]),
  };
}

function isCanonical(text: string): boolean {
  try {
    return canonical(text) === text;
  } catch {
    return false;
  }
}
