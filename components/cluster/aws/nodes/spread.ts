import type { NodePool } from "../../contract.ts";

/** The part of a pool that lies in one zone. */
export interface ZonePool {
  readonly zone: string;
  readonly count: number;
  readonly min: number;
  readonly max: number;
}

/**
 * A pool zone by zone, as even as it goes; zones that get no node at all are left out. EBS volumes live in one zone, so
 * the autoscaler must be able to choose it: a group over several zones starts its next node in any of them.
 */
export function spread({ count, min, max, zones }: Pick<NodePool, "count" | "min" | "max" | "zones">): ZonePool[] {
  const part = (total: number, index: number) => Math.floor((total + zones.length - 1 - index) / zones.length);
  return zones
    .map((zone, index) => ({ zone, count: part(count, index), min: part(min, index), max: part(max, index) }))
    .filter((pool) => pool.max > 0);
}
