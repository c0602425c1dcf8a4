import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MirrorHome, MirrorRun } from "./mirror.ts";

/** Bytes of a verb, as somebody else than the verb counts them. */
export interface Scale {
  /** That all runs have moved so far. */
  moved(): Promise<number>;
  /** That are there for the next run. */
  kept(): Promise<number>;
}

export interface KilledVerb {
  readonly args: () => readonly string[];
  /** Makes the verb begin anew. */
  readonly fresh: () => Promise<void>;
  readonly scale: Scale;
}

/** How a verb fared that was killed again and again. */
export interface Killed {
  /** How often it was killed before it was done. */
  readonly kills: number;
  readonly last: MirrorRun;
  /** For each kill, bytes that were moved and are not there for the next run. */
  readonly lost: readonly number[];
  /** For each time that it was done in the end, bytes moved beyond those of a run that nobody disturbs, a kill. */
  readonly again: readonly number[];
}

/** Kills in a row before a run may end: what runs leave to each other is seen, and early moments count as much as late ones. */
const IN_A_ROW = 3;

/**
 * Runs a verb and kills it at a random moment, each time a new run on what the last one left, and lets it end after
 * every few kills, until it was killed so often.
 */
export async function killed(home: MirrorHome, times: number, { args, fresh, scale }: KilledVerb): Promise<Killed> {
  const lost: number[] = [];
  const again: number[] = [];
  await fresh();
  const began = performance.now();
  const before = await scale.moved();
  let last = await home.run(...args());
  const milliseconds = performance.now() - began;
  const whole = (await scale.moved()) - before;
  while (lost.length < times && last.code === 0) {
    await fresh();
    const start = await scale.moved();
    let kills = 0;
    for (;;) {
      const [moved, kept] = [await scale.moved(), await scale.kept()];
      const run = home.start(...args());
      if (kills < IN_A_ROW && lost.length < times) {
        await Promise.race([run.ended, sleep(Math.random() * milliseconds)]);
        run.child.kill("SIGKILL");
      }
      last = await run.ended;
      if (last.code !== 137) break;
      kills += 1;
      lost.push((await scale.moved()) - moved - ((await scale.kept()) - kept));
    }
    if (kills > 0) again.push(((await scale.moved()) - start - whole) / kills);
  }
  return { kills: lost.length, last, lost, again };
}

/**
 * Bytes that this process has written and those that it started and saw end, however these ended. Programs that it did
 * not start are not among them.
 */
export async function bytesWritten(): Promise<number> {
  return Number(/^wchar: (\d+)$/m.exec(await readFile("/proc/self/io", "utf8"))?.[1]);
}

/** Bytes of all files below a folder whose names are meant. */
export async function bytesIn(folder: string, isMeant: (name: string) => boolean = () => true): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && isMeant(entry.name));
  const sizes = await Promise.all(
    files.map((file) =>
      stat(path.join(file.parentPath, file.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
