import { readFile } from "node:fs/promises";
import { z } from "zod";
import { canonical, parseReference } from "../../kubeflow/images/reference.ts";
import { defined } from "../../kit/defined.ts";
import { systemErrorCode } from "../../kit/errors.ts";
import { readJson } from "../../kit/json.ts";
import { MirrorError } from "../errors.ts";
import { type Digest, isDigest } from "../oci/digest.ts";

/** An image that is to be there. */
export interface WantedImage {
  /** In full: `docker.io/library/busybox:1.28`. */
  readonly reference: string;
  /** What the lock says it is; undefined where the lock does not know. */
  readonly digest?: Digest;
  /** Where it is to be fetched from, if not by the reference. */
  readonly source?: string;
  /** Digests of the images of its platforms: a mirror may hold some of them in place of the whole. */
  readonly platforms?: readonly Digest[];
}

const lockSchema = z.object({
  version: z.literal(1),
  release: z.string(),
  images: z.array(
    z.looseObject({
      reference: z.string(),
      digest: z.string().optional(),
      source: z.string().optional(),
      platforms: z.array(z.looseObject({ digest: z.string() })).optional(),
    }),
  ),
});

/** Reads a lock, or a list of references: one a line, empty lines and what follows a # left out. */
export async function readWanted(file: string): Promise<readonly WantedImage[]> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    const why = systemErrorCode(error) === "ENOENT" ? "does not exist" : `cannot be read: ${(error as Error).message}`;
    throw new MirrorError("E_LIST", `${file} ${why}`, { next: "name a list of images or a lock: --images FILE" });
  });
  return parseWanted(text, file);
}

/** In the order of the text, each image once. Throws MirrorError E_LIST with the line or place that is wrong. */
export function parseWanted(text: string, where: string): readonly WantedImage[] {
  const wanted = text.trimStart().startsWith("{") ? fromLock(text, where) : fromLines(text, where);
  if (wanted.length === 0) throw new MirrorError("E_LIST", `${where} names no image`);
  return [...new Map(wanted.map((image) => [image.reference, image])).values()];
}

function fromLines(text: string, where: string): WantedImage[] {
  return text.split("\n").flatMap((line, index) => {
    const reference = line.replace(/(^|\s)#.*$/, "").trim();
    return reference === "" ? [] : [wantedImage({ reference }, `${where}:${index + 1}`)];
  });
}

function fromLock(text: string, where: string): WantedImage[] {
  const { images } = readJson(
    lockSchema,
    text,
    (why) => new MirrorError("E_LIST", `${where} is not a lock of images: ${why}`),
  );
  return images.map((image, index) => wantedImage(image, `${where} images.${index}`));
}

/** An image as a lock has it. */
interface LockedImage {
  readonly reference: string;
  readonly digest?: string | undefined;
  readonly source?: string | undefined;
  readonly platforms?: readonly { readonly digest: string }[] | undefined;
}

/** Throws MirrorError E_LIST where it is no reference, or has a digest that is none; `where` says which it is. */
export function wantedImage(
  { reference: text, digest: locked, source, platforms }: LockedImage,
  where: string,
): WantedImage {
  try {
    const digest = parseReference(text).digest ?? locked;
    return defined({
      reference: canonical(text),
      digest: digest === undefined ? undefined : checked(digest),
      source: source === undefined ? undefined : canonical(source),
      platforms: platforms?.map((platform) => checked(platform.digest)),
    });
  } catch (error) {
    throw new MirrorError("E_LIST", `${where}: ${(error as Error).message}`, { cause: error });
  }
}

function checked(digest: string): Digest {
  if (isDigest(digest)) return digest;
  throw new RangeError(`${JSON.stringify(digest)} is not sha256: and 64 hexadecimal digits`);
}
