import { readdir, readFile } from "node:fs/promises";

/** A running process as Linux tells of it. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Of the process itself. */
  readonly ownCpuSeconds: number;
  /** Of the children that it has waited for, their children included. */
  readonly waitedCpuSeconds: number;
}

/** USER_HZ, which is 100 on every platform that Node.js runs on. */
export const TICKS_PER_SECOND = 100;

/** Reads `/proc/<pid>/stat`; the command in it may hold spaces and brackets. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const number = (index: number) => Number(fields[index]);
  return {
    pid: Number.parseInt(text, 10),
    parent: number(1),
    ownCpuSeconds: (number(11) + number(12)) / TICKS_PER_SECOND,
    waitedCpuSeconds: (number(13) + number(14)) / TICKS_PER_SECOND,
  };
}

/** All that descend from `root`, without `root`, and without those named in `except` and what descends from them. */
export function descendantsOf(
  root: number,
  processes: readonly ProcessStat[],
  except: readonly number[] = [],
): ProcessStat[] {
  const children = processes.filter(({ parent, pid }) => parent === root && !except.includes(pid));
  return children.flatMap((child) => [child, ...descendantsOf(child.pid, processes, except)]);
}

/**
 * CPU seconds that descendants of this process have used so far, those that have ended included: what an ended one used
 * is counted by whoever waited for it.
 */
export async function descendantsCpuSeconds(except: readonly number[] = []): Promise<number> {
  const processes = await runningProcesses();
  const own = processes.find(({ pid }) => pid === process.pid)?.waitedCpuSeconds ?? 0;
  return descendantsOf(process.pid, processes, except).reduce(
    (sum, { ownCpuSeconds, waitedCpuSeconds }) => sum + ownCpuSeconds + waitedCpuSeconds,
    own,
  );
}

/** Bytes of memory that descendants of this process hold now, what they share counted once (PSS). */
export async function descendantsBytes(except: readonly number[] = []): Promise<number> {
  const descendants = descendantsOf(process.pid, await runningProcesses(), except);
  const sizes = await Promise.all(descendants.map(({ pid }) => proportionalBytes(pid)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function runningProcesses(): Promise<ProcessStat[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const texts = await Promise.all(pids.map((pid) => readIfRunning(`/proc/${pid}/stat`)));
  return texts.filter((text) => text !== "").map(parseStat);
}

async function proportionalBytes(pid: number): Promise<number> {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(await readIfRunning(`/proc/${pid}/smaps_rollup`))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/** Empty for a process that has ended meanwhile. */
function readIfRunning(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}
