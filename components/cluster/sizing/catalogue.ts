/** GPUs by the name under which frameworks and schedulers know them. */
export const GPU_FAMILIES = [
  "t4",
  "v100",
  "l4",
  "l40s",
  "a10g",
  "a100-40gb",
  "a100-80gb",
  "h100",
  "h200",
  "rtx-4000-ada",
  "rtx-6000-ada",
] as const;
export type GpuFamily = (typeof GPU_FAMILIES)[number];

/** A fact that somebody stated somewhere, or that nobody here knows. */
export type Known<T> = T | "unknown";

/** A machine that a cloud rents. Sizes are decimal bytes. */
export interface InstanceType {
  readonly name: string;
  readonly cpu: number;
  readonly memory: number;
  readonly gpu?: { readonly family: GpuFamily; readonly count: number };
  /** Local NVMe; 0 where there is none. */
  readonly localDisk: number;
  /** Disk that comes with the machine and cannot be chosen; undefined where the disk is of the size that is asked for. */
  readonly fixedDisk?: number;
  /** Regions that have it. */
  readonly regions: Known<readonly string[]>;
  /** US dollars an hour, on demand, in the region of the catalogue's price list. */
  readonly price: Known<number>;
}

/** Instance types and zones of one cloud, with where every figure comes from. */
export interface Catalogue {
  readonly source: string;
  /** ISO date on which the source was read. */
  readonly date: string;
  readonly priceSource: Known<{ readonly url: string; readonly date: string; readonly region: string }>;
  readonly types: readonly InstanceType[];
  /** Zones by region. */
  readonly zones: Readonly<Record<string, readonly string[]>>;
}
