import { open, rename, rm } from "node:fs/promises";
import path from "node:path";

/** Writes a file so that after a crash it is there whole or not at all: draft, flush, rename. */
export async function writeDurably(file: string, content: Uint8Array | string): Promise<void> {
  const draft = `${file}.draft`;
  const handle = await open(draft, "w");
  try {
    await handle.writeFile(content);
    await handle.datasync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

/** Makes renames in a folder last. File systems that cannot flush a folder need not. */
export async function flushFolder(folder: string): Promise<void> {
  const handle = await open(path.resolve(folder), "r");
  try {
    await handle.sync().catch(() => undefined);
  } finally {
    await handle.close();
  }
}
