import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { cacheRoot } from "../../kit/cache.ts";
import { parseJson } from "../../kit/json.ts";
import { digestOf, hexOf } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { isAlive, isHere, ownerSchema, thisOwner } from "../layout/owner.ts";
import type { Place } from "../transfer/plan.ts";
import type { UploadJournal } from "./upload-session.ts";

const recordSchema = z.object({ location: z.url(), owner: ownerSchema });

/**
 * Where uploads stand, kept in the cache of this user: the layout may be on a disk that cannot be written. A location
 * may let whoever has it go on with the upload, so nobody else may read it. Nothing is flushed, and what cannot be written
 * is not: the record that is lost costs sending a blob again, no more.
 */
export function uploadJournal(env: NodeJS.ProcessEnv = process.env): (place: Place, blob: Descriptor) => UploadJournal {
  const folder = path.join(cacheRoot(env), "uploads");
  const own = thisOwner();
  return ({ host, repository }, { digest }) => {
    const file = path.join(folder, hexOf(digestOf(`${host}/${repository}@${digest}`)));
    const draft = `${file}.${process.pid}`;
    return {
      async load() {
        const text = await readFile(file, "utf8").catch(() => "");
        const record = recordSchema.safeParse(parseJson(text)).data;
        // Another process that sends the same blob goes on with it itself.
        if (record === undefined || !isHere(record.owner) || (await isAlive(record.owner))) return undefined;
        return new URL(record.location);
      },
      async save(location) {
        const record = JSON.stringify({ location: location.href, owner: await own });
        try {
          await mkdir(folder, { recursive: true, mode: 0o700 });
          await writeFile(draft, record, { mode: 0o600 });
          await rename(draft, file);
        } catch {
          await rm(draft, { force: true }).catch(() => undefined);
        }
      },
      clear: () => rm(file, { force: true }).catch(() => undefined),
    };
  };
}
