import { formatSize } from "../../kit/units.ts";
import type { Capabilities, ClusterRequest, Deviation, GpuPoolRequest, NodePool, Taint } from "../contract.ts";
import type { Catalogue, InstanceType } from "./catalogue.ts";
import { describeType, type MachineNeed, pick } from "./pick.ts";

/** Keeps everything off GPU nodes that does not ask for a GPU; what NVIDIA's device plugin documents. */
export const GPU_TAINT: Taint = { key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" };

/** Keeps off interruptible nodes what cannot start again. */
export const SPOT_TAINT: Taint = { key: "kubeflow-on-pulumi/spot", value: "true", effect: "NoSchedule" };

/** Labels of nodes that workloads choose by. */
export const NODE_LABELS = {
  pool: "kubeflow-on-pulumi/pool",
  gpu: "nvidia.com/gpu.present",
  gpuFamily: "kubeflow-on-pulumi/gpu-family",
  training: "kubeflow-on-pulumi/training",
} as const;

/** How the pool of general nodes is named. */
export const GENERAL_POOL = "node";

/** The pools of a request, as far as they can be had. */
export interface PoolsDraft {
  readonly pools: readonly NodePool[];
  readonly deviations: readonly Deviation[];
  readonly warnings: readonly string[];
  /** Why the request cannot be met, one sentence each, beginning with the setting. */
  readonly problems: readonly string[];
}

/** What is needed of a cloud to size its pools. */
export interface Sizer {
  readonly catalogue: Catalogue;
  readonly capabilities: { readonly diskSizes: Capabilities["diskSizes"] };
}

interface PoolNeed {
  readonly setting: string;
  readonly need: MachineNeed;
  readonly disk: number;
  readonly pool: Omit<NodePool, "instanceType" | "cpu" | "memory" | "disk" | "gpu">;
}

/** The pools of a request over these zones, each of the instance type that {@link pick} finds in the region. Pure. */
export function draftPools(sizer: Sizer, request: ClusterRequest, zones: readonly string[]): PoolsDraft {
  const region = request.region ?? "";
  const pools: NodePool[] = [];
  const deviations: Deviation[] = [];
  const warnings: string[] = [];
  const problems: string[] = [];
  for (const { setting, need, disk, pool } of needsOf(request, zones)) {
    const picked = pick(sizer.catalogue, region, need);
    if ("problem" in picked) {
      problems.push(`${setting}: ${picked.problem}`);
      continue;
    }
    const { type } = picked;
    if (!picked.isAvailabilityKnown) {
      warnings.push(
        `${setting}: whether ${region} has ${type.name} is not known here; ask the cloud before you rely on it`,
      );
    }
    deviations.push(...deviationsOf({ setting, need, disk }, type, sizer.capabilities.diskSizes));
    pools.push({
      ...pool,
      instanceType: type.name,
      cpu: type.cpu,
      memory: type.memory,
      disk: type.fixedDisk ?? disk,
      ...(type.gpu === undefined
        ? {}
        : { gpu: type.gpu, labels: { ...pool.labels, [NODE_LABELS.gpuFamily]: type.gpu.family } }),
    });
  }
  return { pools, deviations, warnings: [...warnings, ...mixtureOf(pools)], problems };
}

function needsOf({ nodes, gpuPools, storage }: ClusterRequest, zones: readonly string[]): PoolNeed[] {
  const general: PoolNeed = {
    setting: "cluster.nodes",
    need: needOf(nodes),
    disk: nodes.disk,
    pool: {
      name: GENERAL_POOL,
      purpose: "general",
      count: nodes.count,
      min: nodes.count,
      max: nodes.max,
      spot: false,
      training: false,
      zones,
      labels: { [NODE_LABELS.pool]: GENERAL_POOL },
      taints: [],
    },
  };
  return [
    general,
    ...gpuPools.map((pool, index): PoolNeed => {
      const { name, count, min, max, spot, training, gpus, family } = pool;
      return {
        setting: `cluster.gpuPools[${index}]`,
        need: {
          ...needOf(pool),
          gpu: { count: gpus, ...(family === undefined ? {} : { family }) },
          scratch: storage.scratch && training,
        },
        disk: pool.disk,
        pool: {
          name,
          purpose: "gpu",
          count,
          min,
          max,
          spot,
          training,
          zones: pool.zones ?? zones,
          labels: labelsOf(pool),
          taints: spot ? [GPU_TAINT, SPOT_TAINT] : [GPU_TAINT],
        },
      };
    }),
  ];
}

function needOf({ cpu, memory, instanceType }: ClusterRequest["nodes"] | GpuPoolRequest): MachineNeed {
  return { cpu, memory, ...(instanceType === undefined ? {} : { instanceType }) };
}

function labelsOf({ name, training }: GpuPoolRequest): Record<string, string> {
  return {
    [NODE_LABELS.pool]: name,
    [NODE_LABELS.gpu]: "true",
    ...(training ? { [NODE_LABELS.training]: "true" } : {}),
  };
}

/** What a machine has less of than was asked: a disk that comes with it, or a type that the settings chose. */
function deviationsOf(
  { setting, need, disk }: Pick<PoolNeed, "setting" | "need" | "disk">,
  type: InstanceType,
  diskSizes: Capabilities["diskSizes"],
): Deviation[] {
  const given = describeType(type);
  const deviations: Deviation[] = [];
  if (type.cpu < need.cpu) deviations.push({ setting: `${setting}.cpu`, asked: `${need.cpu} CPU`, given });
  if (type.memory < need.memory) {
    deviations.push({ setting: `${setting}.memory`, asked: formatSize(need.memory), given });
  }
  if (type.fixedDisk !== undefined && type.fixedDisk < disk) {
    const substitute = diskSizes.supported ? "" : `, and ${diskSizes.substitute}`;
    deviations.push({
      setting: `${setting}.disk`,
      asked: formatSize(disk),
      given: `${formatSize(type.fixedDisk)} that come with ${type.name}${substitute}`,
    });
  }
  return deviations;
}

/** A job over GPUs of two families stalls or fails, and a toleration does not tell them apart. */
function mixtureOf(pools: readonly NodePool[]): string[] {
  const families = new Set(pools.flatMap(({ gpu }) => (gpu === undefined ? [] : [gpu.family])));
  if (families.size < 2) return [];
  return [
    `cluster.gpuPools: GPUs of several families (${[...families].join(", ")}): a job that runs on more than one node chooses one by the label ${NODE_LABELS.gpuFamily}`,
  ];
}
