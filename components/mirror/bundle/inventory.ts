import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { systemErrorCode, UserError } from "../../kit/errors.ts";
import { readJson } from "../../kit/json.ts";
import type { Need } from "./needs.ts";

const fileSchema = z.object({
  /** Of a file in the folder itself. */
  name: z.string().refine((name) => path.basename(name) === name),
  /** Bytes. */
  size: z.int().min(0),
  /** Of its content, in hexadecimal. */
  sha256: z.string(),
});

const inventorySchema = z.object({ version: z.literal(1), release: z.string(), files: z.array(fileSchema) });

/** One file of a bundle. */
export type BundledFile = Readonly<z.infer<typeof fileSchema>>;

/** What is in a folder that is carried to a site, beside the images. */
export type Inventory = Readonly<z.infer<typeof inventorySchema>>;

export const INVENTORY_FILE = "inventory.json";
/** What cosign says about the inventory, beside it. */
export const SIGNATURE_FILE = "inventory.sigstore.json";

/** Takes down every file of a folder and writes that beside them. Returns what the receiving side compares. */
export async function takeInventory(
  folder: string,
  release: string,
): Promise<{ readonly inventory: Inventory; readonly checksum: string }> {
  const files = await Promise.all((await namesIn(folder)).map((name) => describe(folder, name)));
  const inventory: Inventory = { version: 1, release, files };
  const text = `${JSON.stringify(inventory, null, 2)}\n`;
  await writeFile(path.join(folder, INVENTORY_FILE), text);
  return { inventory, checksum: createHash("sha256").update(text).digest("hex") };
}

/** What is wrong with a folder, as compared with its inventory. */
export interface InventoryCheck {
  readonly inventory: Inventory;
  /** SHA-256 of the inventory itself: what the sending side has printed. */
  readonly checksum: string;
  /** A line a file that is missing, changed or not taken down. */
  readonly problems: readonly string[];
}

/** Reads every byte of a bundle. Throws UserError where it has no inventory. */
export async function checkInventory(folder: string): Promise<InventoryCheck> {
  const text = await readFile(path.join(folder, INVENTORY_FILE), "utf8").catch((error: unknown) => {
    if (systemErrorCode(error) !== "ENOENT" && systemErrorCode(error) !== "ENOTDIR") throw error;
    throw new UserError(`${folder} has no ${INVENTORY_FILE}`, { next: "name a folder that `bundle create` filled" });
  });
  const inventory: Inventory = readJson(
    inventorySchema,
    text,
    () => new UserError(`${path.join(folder, INVENTORY_FILE)} is damaged`, { next: "copy the bundle again" }),
  );
  const present = new Set(await namesIn(folder));
  const known = new Set(inventory.files.map(({ name }) => name));
  const problems = await Promise.all(
    inventory.files.map(async (file) => {
      if (!present.has(file.name)) return [`${file.name} is missing (${file.size} bytes)`];
      const found = await describe(folder, file.name);
      return found.sha256 === file.sha256 ? [] : [`${file.name} is not what was packed: ${differenceOf(found, file)}`];
    }),
  );
  const added = [...present].filter((name) => !known.has(name)).map((name) => `${name} is not in the inventory`);
  const checksum = createHash("sha256").update(text).digest("hex");
  return { inventory, checksum, problems: [...problems.flat(), ...added] };
}

/** Needs that no file of an inventory meets. */
export function unmet(needs: readonly Need[], files: readonly Pick<BundledFile, "name">[]): Need[] {
  return needs.filter(({ isMetBy }) => !files.some(({ name }) => isMetBy(name)));
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && ![INVENTORY_FILE, SIGNATURE_FILE].includes(entry.name));
  return files.map(({ name }) => name).toSorted();
}

async function describe(folder: string, name: string): Promise<BundledFile> {
  const file = path.join(folder, name);
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return { name, size: (await stat(file)).size, sha256: hash.digest("hex") };
}

function differenceOf(found: BundledFile, packed: BundledFile): string {
  return found.size === packed.size
    ? `sha256 ${found.sha256}, packed was ${packed.sha256}`
    : `${found.size} bytes, packed were ${packed.size}`;
}
