import type { ClusterRequest, NodePool } from "../components/cluster/contract.ts";
import { existing } from "../components/cluster/existing/index.ts";
import type { SimulatedNode } from "./control-plane/index.ts";

/** The machines that a request says an existing cluster has. */
export function nodesOf(request: ClusterRequest): SimulatedNode[] {
  return nodesOfPools(existing.plan(request).pools);
}

/** The machines of pools, one simulated node each, zone by zone in turn. */
export function nodesOfPools(pools: readonly NodePool[]): SimulatedNode[] {
  return pools.flatMap(({ name, count, cpu, memory, disk, gpu, zones, labels, taints }) =>
    Array.from({ length: count }, (_, index): SimulatedNode => {
      const zone = zones[index % zones.length];
      return {
        name: `${name}-${index + 1}`,
        cpu,
        memory: String(Math.floor(memory)),
        disk,
        ...(gpu === undefined ? {} : { gpus: gpu.count }),
        ...(zone === undefined ? {} : { zone }),
        labels,
        taints,
      };
    }),
  );
}
