import { stat } from "node:fs/promises";
import { openVolume } from "../archive/volumes.ts";
import { Layout } from "../layout/layout.ts";
import { baseFrom } from "./base-file.ts";
import { Gathered, type Holdings, holdingsOf } from "./holdings.ts";

/**
 * What a site has once an earlier bundle has been pushed there: the bundle is its folder, or any one of its volumes.
 * Throws MirrorError E_BUNDLE for what is none, E_USAGE where it does not exist.
 */
export async function holdingsSince(bundle: string): Promise<Holdings> {
  const isFolder = await stat(bundle).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return holdingsOfVolume(bundle);
  const layout = await Layout.open(bundle);
  return holdingsOf(layout).finally(() => layout.close());
}

async function holdingsOfVolume(file: string): Promise<Holdings> {
  const { images, content, base } = (await openVolume(file)).manifest;
  const gathered = new Gathered(base && baseFrom(base));
  const sizes = new Map(content.map(({ digest, size }) => [digest, size]));
  for (const { reference, digest, blobs } of images) {
    const own = blobs.flatMap((blob) => {
      // What it does not hold itself it has of its own base.
      const size = sizes.get(blob) ?? gathered.blobs.get(blob)?.size;
      return size === undefined ? [] : [{ digest: blob, size }];
    });
    gathered.add(reference, digest, own);
  }
  return gathered;
}
