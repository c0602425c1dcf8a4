import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { cacheRoot } from "../kit/cache.ts";
import { writeDurably } from "./layout/durable.ts";
import { digestOf, hexOf } from "./oci/digest.ts";
import type { Descriptor } from "./oci/manifest.ts";
import type { Place } from "./plan.ts";
import type { UploadJournal } from "./registry/upload.ts";

/**
 * Where long uploads stand, kept in the cache of this user: the layout may be on a disk that cannot be written. A
 * location may let whoever has it go on with the upload, so nobody else may read it.
 */
export function uploadJournal(env: NodeJS.ProcessEnv = process.env): (place: Place, blob: Descriptor) => UploadJournal {
  const folder = path.join(cacheRoot(env), "uploads");
  return ({ host, repository }, { digest }) => {
    const file = path.join(folder, hexOf(digestOf(`${host}/${repository}@${digest}`)));
    return {
      load: async () => URL.parse(await readFile(file, "utf8").catch(() => "")) ?? undefined,
      async save(location) {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeDurably(file, location.href);
      },
      clear: () => rm(file, { force: true }),
    };
  };
}
