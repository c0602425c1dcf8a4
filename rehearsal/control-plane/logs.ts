import { copyFile, mkdir, open } from "node:fs/promises";
import path from "node:path";
import { failuresRoot } from "./directory.ts";

const TAIL_BYTES = 16_384;

/** The last lines of a log, [] where there is none. Very long lines are cut. */
export async function lastLines(file: string, count: number): Promise<string[]> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return [];
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const lines = buffer.toString("utf8", 0, bytesRead).split("\n");
    return lines
      .filter((line) => line.trim() !== "")
      .slice(-count)
      .map((line) => (line.length > 400 ? `${line.slice(0, 400)} ...` : line));
  } finally {
    await handle.close();
  }
}

/** Saves a log from the removal of its directory and says where it is now, undefined where that failed. */
export async function rescue(file: string, name: string): Promise<string | undefined> {
  const saved = path.join(failuresRoot(), `${name}-${path.basename(file)}`);
  try {
    await mkdir(failuresRoot(), { recursive: true, mode: 0o700 });
    await copyFile(file, saved);
    return saved;
  } catch {
    return undefined;
  }
}
