import { bytesOf } from "../components/kit/units.ts";
import type { ClusterRequest } from "../components/settings/schema.ts";
import type { SimulatedNode } from "./control-plane/index.ts";

/** Keeps everything off GPU nodes that does not ask for a GPU; what NVIDIA's device plugin documents. */
const GPU_TAINT = { key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" } as const;

/** The machines of a request, one simulated node each. */
export function nodesOf(request: ClusterRequest): SimulatedNode[] {
  const { nodes, gpuPools } = request;
  return [
    ...numbered("node", nodes.count).map((name) => ({ name, cpu: nodes.cpu, memory: quantity(nodes.memory) })),
    ...gpuPools.flatMap((pool) =>
      numbered(pool.name, pool.count).map((name) => ({
        name,
        cpu: pool.cpu,
        memory: quantity(pool.memory),
        gpus: pool.gpus,
        labels: { "nvidia.com/gpu.present": "true" },
        taints: [GPU_TAINT],
      })),
    ),
  ];
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
}

function quantity(size: string): string {
  return String(Math.floor(bytesOf(size)));
}
