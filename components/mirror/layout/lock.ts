import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { z } from "zod";
import { systemErrorCode } from "../../kit/errors.ts";
import { MirrorError } from "../errors.ts";

const LOCK = ".lock";

const ownerSchema = z.object({
  pid: z.int(),
  host: z.string(),
  /** Tells a process from a later one with the same number; empty where the system does not say. */
  started: z.string(),
});

type Owner = z.infer<typeof ownerSchema>;

/**
 * Keeps a second process from writing to a folder, which is made where there is none. What a killed process left is taken over at once. Returns what gives
 * the folder free again. Throws MirrorError E_LOCKED.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, LOCK);
  const own = JSON.stringify({ pid: process.pid, host: hostname(), started: await startOf(process.pid) });
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
  if (owner !== undefined && (owner.host !== hostname() || (await isAlive(owner)))) {
    const where = owner.host === hostname() ? "" : ` on ${owner.host}`;
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

async function isAlive({ pid, started }: Owner): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemErrorCode(error) !== "EPERM") return false;
  }
  const now = await startOf(pid);
  return started === "" || now === "" || now === started;
}

/** When a process began, in ticks since the machine did; empty where there is no /proc. */
async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
