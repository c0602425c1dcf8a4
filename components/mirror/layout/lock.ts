import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { systemErrorCode } from "../../kit/errors.ts";
import { MirrorError } from "../errors.ts";
import { isAlive, isHere, type Owner, ownerSchema, thisOwner } from "./owner.ts";

const LOCK = ".lock";

/**
 * Keeps a second process from writing to a folder, which is made where there is none. What a killed process left is taken over at once. Returns what gives
 * the folder free again. Throws MirrorError E_LOCKED.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, LOCK);
  const own = JSON.stringify(await thisOwner());
  const draft = `${file}.${process.pid}`;
  await mkdir(folder, { recursive: true });
  await writeFile(draft, own);
  try {
    while (!(await linked(draft, file))) await removeStale(folder, file);
  } finally {
    await rm(draft, { force: true });
  }
  return () => rm(file, { force: true });
}

async function linked(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    // FAT has no links; there the copy that must not exist does the same.
    if (systemErrorCode(error) !== "EPERM" && systemErrorCode(error) !== "ENOTSUP") throw error;
    const content = await readFile(draft);
    return writeFile(file, content, { flag: "wx" }).then(
      () => true,
      (problem: unknown) => {
        if (systemErrorCode(problem) === "EEXIST") return false;
        throw problem;
      },
    );
  }
}

async function removeStale(folder: string, file: string): Promise<void> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return;
  const owner = ownerIn(text);
  if (owner !== undefined && (!isHere(owner) || (await isAlive(owner)))) {
    const where = isHere(owner) ? "" : ` on ${owner.host}`;
    throw new MirrorError("E_LOCKED", `${folder} is being written by process ${owner.pid}${where}`, {
      next: `wait for it; if it is gone for certain: rm ${file}`,
    });
  }
  const stale = `${file}.stale.${process.pid}`;
  await rename(file, stale).catch(() => undefined);
  // Another process may have taken the folder over in between: then it gets its lock back.
  if ((await readFile(stale, "utf8").catch(() => text)) !== text) await link(stale, file).catch(() => undefined);
  await rm(stale, { force: true });
}

function ownerIn(text: string): Owner | undefined {
  try {
    return ownerSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
