import { bytesOf } from "../kit/units.ts";
import type { QuotaSettings } from "./settings.ts";
import { GPU } from "./tenants.ts";

/** Machines of one kind; sizes are of one machine. */
export interface Machines {
  /** How many there may be at most. */
  readonly max: number;
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  readonly gpus?: number;
}

/**
 * What quotas add up to beyond what the machines have, each as `1200 CPU of 96`; empty where they fit. The machines are
 * taken whole: what the system and the platform use of them comes on top.
 */
export function overcommitment(quotas: readonly QuotaSettings[], machines: readonly Machines[]): string[] {
  const granted = {
    cpu: total(quotas, ({ cpu = 0 }) => cpu),
    gigabytes: total(quotas, ({ memory }) => (memory === undefined ? 0 : bytesOf(memory))) / 1e9,
    gpus: total(quotas, ({ gpus }) => gpus[GPU] ?? 0),
  };
  const present = {
    cpu: total(machines, ({ max, cpu }) => max * cpu),
    gigabytes: total(machines, ({ max, memory }) => max * memory) / 1e9,
    gpus: total(machines, ({ max, gpus = 0 }) => max * gpus),
  };
  const units = { cpu: "CPU", gigabytes: "GB of memory", gpus: "GPUs" } as const;
  return (Object.keys(units) as (keyof typeof units)[])
    .filter((unit) => granted[unit] > present[unit])
    .map((unit) => `${granted[unit]} ${units[unit]} of ${present[unit]}`);
}

function total<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((sum, item) => sum + amount(item), 0);
}
