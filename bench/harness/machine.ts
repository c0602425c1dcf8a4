import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { descendantsCpuSeconds, TICKS_PER_SECOND } from "./processes.ts";

/** Columns of `/proc/stat` in which a processor does nothing: idle, and waiting for a disk. */
const IDLE_COLUMNS = [3, 4];
/** user to steal; guests are part of user. */
const COLUMNS = 8;

/** CPU seconds in which the machine's processors worked since it started, from the text of `/proc/stat`. */
export function busySeconds(text: string): number {
  const ticks = text
    .slice(0, text.indexOf("\n"))
    .trim()
    .split(/\s+/)
    .slice(1, COLUMNS + 1)
    .map(Number);
  return (
    ticks.reduce((sum, value, column) => (IDLE_COLUMNS.includes(column) ? sum : sum + value), 0) / TICKS_PER_SECOND
  );
}

/**
 * Begins to watch what others do on this machine. What it returns tells which share of the processors programs took that
 * are neither this one nor started by it: 0 to 1, undefined where there is no /proc.
 */
export async function watchOthers(): Promise<() => Promise<number | undefined>> {
  if (process.platform !== "linux") return () => Promise.resolve(undefined);
  const began = performance.now();
  const before = await cpuSeconds();
  return async () => {
    const after = await cpuSeconds();
    const others = after.machine - before.machine - (after.own - before.own);
    return Math.max(0, others / (((performance.now() - began) / 1000) * availableParallelism()));
  };
}

async function cpuSeconds(): Promise<{ readonly machine: number; readonly own: number }> {
  const { user, system } = process.cpuUsage();
  const [stat, descendants] = await Promise.all([readFile("/proc/stat", "utf8"), descendantsCpuSeconds()]);
  return { machine: busySeconds(stat), own: (user + system) / 1e6 + descendants };
}
