import { rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { readIfThere } from "../../kit/files.ts";
import { readJson } from "../../kit/json.ts";
import { MirrorError } from "../errors.ts";
import { writeDurably } from "./durable.ts";

/** Beside `index.json` where a pull did not bring all that it was to bring. */
const FILE = "lacking.json";

const schema = z.object({ images: z.array(z.string()) });

/** References of what a pull was to bring and did not, sorted. Throws MirrorError E_BUNDLE where the file is damaged. */
export async function readLacking(folder: string): Promise<readonly string[]> {
  const file = path.join(folder, FILE);
  const text = await readIfThere(file);
  if (text === undefined) return [];
  const refuse = (why: string) =>
    new MirrorError("E_BUNDLE", `${file} does not say which images are lacking: ${why}`, {
      next: "remove it and pull into the folder again",
    });
  return readJson(schema, text, refuse).images;
}

/** None removes it. */
export async function writeLacking(folder: string, references: readonly string[]): Promise<void> {
  const file = path.join(folder, FILE);
  if (references.length === 0) return rm(file, { force: true });
  await writeDurably(file, `${JSON.stringify({ images: references.toSorted() }, undefined, 2)}\n`);
}
