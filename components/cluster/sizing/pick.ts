import { closest } from "fastest-levenshtein";
import { formatSize } from "../../kit/units.ts";
import type { Catalogue, GpuFamily, InstanceType } from "./catalogue.ts";

/** What a machine must have at least. Sizes are decimal bytes. */
export interface MachineNeed {
  readonly cpu: number;
  readonly memory: number;
  /** Undefined: no GPU, and none is paid for. */
  readonly gpu?: { readonly count: number; readonly family?: GpuFamily };
  /** Whether it needs local NVMe. */
  readonly scratch?: boolean;
  /** Takes the place of the search; it may have less CPU and memory than asked, but the GPUs it must have. */
  readonly instanceType?: string;
}

/** The type that meets a need, or why there is none: a sentence that ends with what is nearest. */
export type Picked =
  { readonly type: InstanceType; readonly isAvailabilityKnown: boolean } | { readonly problem: string };

/**
 * The instance type for a need in a region: of those that have enough of everything, and that the region has, the one
 * with the lowest known price, else the smallest. Types of which nobody here knows where they are come last. Pure.
 */
export function pick(catalogue: Catalogue, region: string, need: MachineNeed): Picked {
  if (need.instanceType !== undefined) return named(catalogue, region, need, need.instanceType);
  const offered = catalogue.types.filter((type) => isOffered(type, region) && isOfKind(type, need));
  const [best] = offered.filter((type) => shortfall(type, need) === 0).toSorted((a, b) => compare(a, b));
  if (best !== undefined) return found(best);
  return { problem: `no instance type in ${region} has ${describeNeed(need)}; ${nearestTo(need, region, catalogue)}` };
}

/** A machine for people: `m5.4xlarge (16 CPU, 68.7 GB)`. */
export function describeType({ name, cpu, memory, gpu }: InstanceType): string {
  return `${name} (${[`${cpu} CPU`, formatSize(memory), ...(gpu ? [`${gpu.count} x ${gpu.family}`] : [])].join(", ")})`;
}

function named(catalogue: Catalogue, region: string, need: MachineNeed, name: string): Picked {
  const type = catalogue.types.find((candidate) => candidate.name === name);
  if (type === undefined) {
    const names = catalogue.types.map((candidate) => candidate.name);
    return {
      problem: `the catalogue has no instance type ${name}${names.length > 0 ? `; the nearest name is ${closest(name, names)}` : ""}`,
    };
  }
  if (!isOffered(type, region)) {
    const { regions } = type;
    return { problem: `${region} does not have ${name}; ${regions === "unknown" ? "nobody" : regions.join(", ")} has` };
  }
  const { gpu } = type;
  if (need.gpu === undefined) {
    return gpu === undefined
      ? found(type)
      : { problem: `${describeType(type)} has GPUs, which general nodes do not use` };
  }
  if (gpu === undefined || gpu.count < need.gpu.count) {
    return { problem: `${describeType(type)} has ${gpu?.count ?? 0} of the ${need.gpu.count} GPUs that are asked for` };
  }
  if (need.gpu.family !== undefined && need.gpu.family !== gpu.family) {
    return { problem: `${describeType(type)} has another GPU family than ${need.gpu.family}: a pool has one family` };
  }
  return found(type);
}

function found(type: InstanceType): Picked {
  return { type, isAvailabilityKnown: type.regions !== "unknown" };
}

function isOffered({ regions }: InstanceType, region: string): boolean {
  return regions === "unknown" || regions.includes(region);
}

function isOfKind({ gpu, localDisk }: InstanceType, need: MachineNeed): boolean {
  if ((gpu === undefined) !== (need.gpu === undefined)) return false;
  if (need.scratch === true && localDisk === 0) return false;
  return need.gpu?.family === undefined || need.gpu.family === gpu?.family;
}

/** By how much a machine misses a need: the sum of the missing parts, each of 1; 0 where it has enough. */
function shortfall({ cpu, memory, gpu }: InstanceType, need: MachineNeed): number {
  const missing = (has: number, wants: number) => Math.max(0, wants - has) / wants;
  const gpus = need.gpu === undefined ? 0 : missing(gpu?.count ?? 0, need.gpu.count);
  return missing(cpu, need.cpu) + missing(memory, need.memory) + gpus;
}

/** Known before unknown whereabouts, then known prices from the lowest, then the smallest, then by name. */
function compare(a: InstanceType, b: InstanceType): number {
  return (
    Number(a.regions === "unknown") - Number(b.regions === "unknown") ||
    byPrice(a.price, b.price) ||
    (a.gpu?.count ?? 0) - (b.gpu?.count ?? 0) ||
    a.cpu - b.cpu ||
    a.memory - b.memory ||
    (a.name < b.name ? -1 : 1)
  );
}

function byPrice(a: InstanceType["price"], b: InstanceType["price"]): number {
  if (a === "unknown" || b === "unknown") return Number(a === "unknown") - Number(b === "unknown");
  return a - b;
}

function nearestTo(need: MachineNeed, region: string, { types }: Catalogue): string {
  const offered = types.filter((type) => isOffered(type, region));
  const [nearest] = offered
    .filter((type) => isOfKind(type, need))
    .toSorted((a, b) => shortfall(a, need) - shortfall(b, need) || compare(a, b));
  if (nearest !== undefined) return `the nearest is ${describeType(nearest)}`;
  if (need.gpu === undefined) return "its catalogue has none there at all";
  const families = (among: readonly InstanceType[]) =>
    [...new Set(among.flatMap(({ gpu }) => (gpu === undefined ? [] : [gpu.family])))].toSorted().join(", ");
  const elsewhere = types.filter((type) => isOfKind(type, need)).flatMap(({ regions }) => regions);
  const others = [...new Set(elsewhere)].toSorted().join(", ");
  return `there are ${families(offered) || "no GPUs"} there${others === "" ? "" : `, and what is asked for in ${others}`}`;
}

function describeNeed({ cpu, memory, gpu, scratch }: MachineNeed): string {
  const parts = [`${cpu} CPU`, formatSize(memory)];
  if (gpu !== undefined) parts.push(`${gpu.count} GPUs${gpu.family === undefined ? "" : ` of ${gpu.family}`}`);
  if (scratch === true) parts.push("local NVMe");
  return parts.join(", ");
}
