import { quantityOf } from "../../components/kit/quantities.ts";

/** What a machine has, as declared. */
export interface Capacity {
  /** Cores. */
  readonly cpu: number;
  /** A quantity in whole bytes or with a unit: `64Gi`, `64G`, `68719476736`. */
  readonly memory: string;
  /** Bytes of the node's own disk. @default 100 GiB */
  readonly disk?: number;
  /** @default 110, the kubelet's */
  readonly pods?: number;
  /** NVIDIA GPUs. @default none */
  readonly gpus?: number;
}

type Resources = Record<string, string>;

const GIB = 2 ** 30;
const MIB = 2 ** 20;
/** Of every share of the memory up to so many bytes, this part is reserved. */
const MEMORY_RESERVE = [
  { upTo: 4 * GIB, part: 0.25 },
  { upTo: 8 * GIB, part: 0.2 },
  { upTo: 16 * GIB, part: 0.1 },
  { upTo: 128 * GIB, part: 0.06 },
  { upTo: Infinity, part: 0.02 },
];
/** Of every core up to this many, this part is reserved. */
const CPU_RESERVE = [
  { upTo: 1, part: 0.06 },
  { upTo: 2, part: 0.01 },
  { upTo: 4, part: 0.005 },
  { upTo: Infinity, part: 0.0025 },
];
/** The kubelet evicts pods when less than this is free. */
const EVICTION_THRESHOLD = 100 * MIB;
const DEFAULT_DISK = 100 * GIB;
/** The kubelet evicts pods when less than this part of the disk is free. */
const DISK_THRESHOLD = 0.1;
const DEFAULT_PODS = 110;

export function capacity(node: Capacity): Resources {
  return resources(node, String(node.cpu), String(Math.floor(quantityOf(node.memory))), diskOf(node));
}

/**
 * What is left for pods of the capacity.
 *
 * The reserve is the one GKE documents ("Plan GKE Standard node sizes": 25 % of the first 4 GiB of memory, 20 % of the
 * next 4, 10 % of the next 8, 6 % of the next 112, 2 % of the rest, 100 MiB for eviction; 6 % of the first core, 1 % of
 * the second, 0.5 % of the next two, 0.25 % of the rest). It is the largest of the three clouds' for these sizes, so what
 * fits here fits there. A node of 16 CPU and 64Gi keeps 15.89 CPU and 58.4Gi.
 */
export function allocatable(node: Capacity): Resources {
  const memory = Math.floor(quantityOf(node.memory));
  const reserved = Math.ceil(reserve(memory, MEMORY_RESERVE)) + EVICTION_THRESHOLD;
  const milliCpu = Math.floor(1000 * (node.cpu - reserve(node.cpu, CPU_RESERVE)));
  const disk = Math.floor(diskOf(node) * (1 - DISK_THRESHOLD));
  return resources(node, `${milliCpu}m`, String(memory - reserved), disk);
}

function diskOf({ disk = DEFAULT_DISK }: Capacity): number {
  return disk;
}

function resources(node: Capacity, cpu: string, memory: string, disk: number): Resources {
  return {
    cpu,
    memory,
    pods: String(node.pods ?? DEFAULT_PODS),
    "ephemeral-storage": String(disk),
    ...(node.gpus === undefined || node.gpus === 0 ? {} : { "nvidia.com/gpu": String(node.gpus) }),
  };
}

function reserve(amount: number, shares: readonly { upTo: number; part: number }[]): number {
  let from = 0;
  let total = 0;
  for (const { upTo, part } of shares) {
    total += Math.max(0, Math.min(amount, upTo) - from) * part;
    from = upTo;
  }
  return total;
}
