import { stat } from "node:fs/promises";
import { InvalidArgumentError, Option } from "commander";
import { defined } from "../../kit/defined.ts";
import { VolumesContent } from "../archive/content.ts";
import { MirrorError } from "../errors.ts";
import { Layout } from "../layout/layout.ts";
import { type Digest, isDigest } from "../oci/digest.ts";

/** What images can be read from. */
export type OpenedContent = Layout | VolumesContent;

export function expectOption(): Option {
  return new Option("--expect <digest>", "what export told: refuse any other bundle").argParser(parseDigest);
}

/**
 * Opens a folder, or the archives of a bundle where they lie. `threads` hash at once. Throws MirrorError E_USAGE for
 * several folders, and E_BUNDLE or E_VOLUME as those do.
 */
export async function openContent(
  places: readonly string[],
  { expect, threads = 1 }: { readonly expect?: Digest | undefined; readonly threads?: number } = {},
): Promise<OpenedContent> {
  const kinds = await Promise.all(places.map(kindOf));
  const [place = ""] = places;
  // What is not there is a folder that was misspelt, unless it is one of several.
  const areArchives = !kinds.includes("folder") && (kinds[0] === "file" || places.length > 1);
  if (areArchives) return VolumesContent.open(places, defined({ expected: expect, threads }));
  if (places.length > 1) {
    throw new MirrorError("E_USAGE", "images are taken from one folder, or from archives", {
      next: "name the folder alone, or all archives of one bundle",
    });
  }
  if (expect !== undefined) {
    throw new MirrorError("E_USAGE", "--expect is about archives", { next: `verify ${place} --images LOCK --deep` });
  }
  return Layout.open(place, threads);
}

/** For titles: many archives in few words. */
export function told([first = "", ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** Whether it names something on this machine's disks. */
export async function isThere(place: string): Promise<boolean> {
  return (await kindOf(place)) !== undefined;
}

async function kindOf(place: string): Promise<"folder" | "file" | undefined> {
  return stat(place).then(
    (found) => (found.isDirectory() ? "folder" : "file"),
    () => undefined,
  );
}

function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new InvalidArgumentError("it must be sha256: and 64 hexadecimal digits.");
}
