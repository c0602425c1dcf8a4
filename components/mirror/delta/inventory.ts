import { readFile } from "node:fs/promises";
import { z } from "zod";
import { parseJson, readJson } from "../../kit/json.ts";
import { MirrorError } from "../errors.ts";
import { type Digest, digestSchema as digest } from "../oci/digest.ts";
import { parseWanted } from "../list/wanted.ts";
import { heldBlobSchema, repositoryName } from "./base-file.ts";
import { Gathered, type HeldBlob, type Holdings } from "./holdings.ts";

/** What a registry holds below the path of a mirror. Names in it are below that path. */
export interface Inventory {
  readonly kind: "inventory";
  readonly version: 1;
  /** `registry.example.com:5000/kubeflow` */
  readonly registry: string;
  /** How it was found out what there is: by the registry's own catalogue, or by asking for the images of a list. */
  readonly foundBy: "catalogue" | "list";
  /** Those that are whole, by repository and tag. */
  readonly images: readonly InventoryImage[];
  readonly manifests: readonly InventoryManifest[];
  readonly blobs: readonly HeldBlob[];
}

export interface InventoryImage {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes of all that it consists of. */
  readonly size: number;
}

export interface InventoryManifest extends HeldBlob {
  readonly mediaType: string;
}

const size = z.int().min(0);
const mediaType = z.string();

const inventorySchema = z.object({
  kind: z.literal("inventory"),
  version: z.literal(1),
  registry: z.string(),
  foundBy: z.enum(["catalogue", "list"]),
  images: z.array(z.object({ repository: repositoryName, tag: z.string(), digest, mediaType, size })),
  manifests: z.array(heldBlobSchema.extend({ mediaType })),
  blobs: z.array(heldBlobSchema),
});

/** Sorted and without anything that changes from run to run: the same content makes the same bytes. */
export function formatInventory({ images, manifests, blobs, ...head }: Inventory): string {
  const byName = (a: InventoryImage, b: InventoryImage) =>
    `${a.repository}:${a.tag}` < `${b.repository}:${b.tag}` ? -1 : 1;
  const byDigest = (a: { digest: string }, b: { digest: string }) => (a.digest < b.digest ? -1 : 1);
  const sorted = {
    ...head,
    images: images.toSorted(byName),
    manifests: manifests.toSorted(byDigest),
    blobs: blobs.toSorted(byDigest),
  };
  return `${JSON.stringify(sorted, undefined, 2)}\n`;
}

/** Reads an inventory, or a lock that `lock --from` wrote at the site, which knows whole images alone. */
export async function readHoldings(file: string): Promise<Holdings> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new MirrorError("E_LIST", `${file} cannot be read: ${(error as Error).message}`, {
      next: "at the site: npm run mirror -- inventory REGISTRY -o have.json",
    });
  });
  return parseHoldings(text, file);
}

export function parseHoldings(text: string, where: string): Holdings {
  const kind = (parseJson(text) as Partial<Inventory> | undefined)?.kind;
  if (kind !== "inventory") return holdingsOfLock(text, where);
  const refuse = (why: string) =>
    new MirrorError("E_LIST", `${where} is no inventory: ${why}`, {
      next: "write it again at the site: npm run mirror -- inventory REGISTRY -o have.json",
    });
  const { images, blobs } = readJson(inventorySchema, text, refuse);
  return {
    images: new Map(images.map((image) => [`${image.repository}:${image.tag}`, image.digest])),
    blobs: new Map(blobs.map((blob) => [blob.digest, blob])),
  };
}

function holdingsOfLock(text: string, where: string): Holdings {
  const gathered = new Gathered();
  for (const image of parseWanted(text, where)) {
    if (image.digest !== undefined) gathered.add(image.reference, image.digest, []);
  }
  return gathered;
}
