import { readFile, writeFile } from "node:fs/promises";
import { systemErrorCode, UserError } from "../../kit/errors.ts";
import { defined } from "../../kit/defined.ts";
import type { ListedImage } from "./closed-list.ts";
import type { Measured } from "../transfer/measure.ts";

/** The list of images as it is kept in the project. */
export interface ImagesLock {
  readonly version: 1;
  readonly release: string;
  readonly images: readonly ListedImage[];
}

/** The lock of the project: what its own two stacks pull. */
export const LOCK = new URL("../images.lock.json", import.meta.url);

/** Throws UserError where the file is missing or no lock. */
export async function readLock(file: URL | string = LOCK): Promise<ImagesLock> {
  const next = "npm run mirror -- lock writes it anew";
  try {
    const lock = JSON.parse(await readFile(file, "utf8")) as Partial<ImagesLock>;
    if (lock.version === 1 && Array.isArray(lock.images)) return lock as ImagesLock;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") throw new UserError(`${nameOf(file)} does not exist`, { next });
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UserError(`${nameOf(file)} is no lock of images of version 1`, { next });
}

/** Sorted and with a newline at the end, so that the same list is the same file. */
export async function writeLock(lock: ImagesLock, file: URL | string = LOCK): Promise<void> {
  await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
}

/** The list with what is known of the same references already. */
export function withKnown(listed: readonly ListedImage[], known: readonly ListedImage[]): ListedImage[] {
  const byReference = new Map(known.map((image) => [image.reference, image]));
  return listed.map((image) => {
    const { digest, mediaType, source, tried, substitutedFor, size, platforms } =
      byReference.get(image.reference) ?? {};
    const known = { digest: image.digest ?? digest, mediaType, source, tried, substitutedFor, size, platforms };
    return { ...image, ...defined(known) };
  });
}

/** The images with where those were looked for that are gone; nothing else becomes known of them. */
export function withGone(
  images: readonly ListedImage[],
  gone: ReadonlyMap<string, readonly string[]>,
): readonly ListedImage[] {
  return images.map((image) => {
    const tried = gone.get(image.reference);
    return tried === undefined ? image : { ...image, tried };
  });
}

/** A tag that stands for another image than the lock says. */
export interface Moved {
  readonly reference: string;
  readonly locked: string;
  readonly found: string;
}

/**
 * The images with what registries say of them. One whose digest is another one now stays as it was locked and is told,
 * unless the lock is to follow: what was reviewed must not become another image because somebody moved a tag.
 */
export function withMeasured(
  images: readonly ListedImage[],
  found: ReadonlyMap<string, Measured>,
  { follow }: { readonly follow: boolean },
): { readonly images: readonly ListedImage[]; readonly moved: readonly Moved[] } {
  const moved: Moved[] = [];
  const filled = images.map((image): ListedImage => {
    const now = found.get(image.reference);
    if (now === undefined) return image;
    const { reference, origins, replacedFrom, digest: locked = now.digest } = image;
    const isSame = locked === now.digest;
    if (!isSame) moved.push({ reference, locked, found: now.digest });
    if (!isSame && !follow) return image;
    // Of another source another image may be right, but it is never the same one.
    const { substitutedFor = isSame || now.source === undefined ? undefined : locked } = isSame ? image : {};
    const { digest, mediaType, source, tried, size, platforms } = now;
    const filled = { replacedFrom, digest, mediaType, source, tried, substitutedFor, size, platforms };
    return { reference, origins, ...defined(filled) };
  });
  return { images: filled, moved };
}

/** How a list differs from a lock: references that one of them lacks. */
export interface LockDifference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export function differenceOf(listed: readonly ListedImage[], locked: readonly ListedImage[]): LockDifference {
  const has = (images: readonly ListedImage[], { reference }: ListedImage) =>
    images.some((image) => image.reference === reference);
  return {
    added: listed.filter((image) => !has(locked, image)).map(({ reference }) => reference),
    removed: locked.filter((image) => !has(listed, image)).map(({ reference }) => reference),
  };
}

function nameOf(file: URL | string): string {
  return file instanceof URL ? "components/mirror/images.lock.json" : file;
}
