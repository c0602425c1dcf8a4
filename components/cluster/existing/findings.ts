import { formatSize } from "../../kit/units.ts";
import type { ClusterRequest, NodePool } from "../contract.ts";
import { KUBERNETES_VERSIONS } from "../settings.ts";

/** What there is in a cluster, as far as an installation depends on it. */
export interface Found {
  /** Minor, such as 1.34. */
  readonly version: string;
  /** Names of the StorageClasses that are the default. */
  readonly defaultClasses: readonly string[];
  /** Nodes that are ready and take pods. */
  readonly nodes: readonly FoundNode[];
  /** Whether whoever asks may do everything to everything. */
  readonly isAdministrator: boolean;
}

/** Capacity, in cores and bytes. */
export interface FoundNode {
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
  /** Whether it takes pods that tolerate nothing. */
  readonly isOpen: boolean;
}

/** Of its memory a machine keeps some for its firmware and kernel before a node sees it. */
const FIRMWARE_SHARE = 0.05;

/** Why a cluster is not what the request says it is, one sentence each, with what helps. Pure. */
export function problemsOf(found: Found, request: Pick<ClusterRequest, "nodes" | "gpuPools">): string[] {
  const { version, defaultClasses, isAdministrator } = found;
  return [
    ...((KUBERNETES_VERSIONS as readonly string[]).includes(version)
      ? []
      : [
          `it runs Kubernetes ${version}; the platform is installed on ${KUBERNETES_VERSIONS[0]} to ${KUBERNETES_VERSIONS.at(-1)}`,
        ]),
    ...(isAdministrator
      ? []
      : [
          "you may not do everything in it, which installing custom resources and roles takes: use a context of an administrator",
        ]),
    ...classProblems(defaultClasses),
    ...nodeProblems(found, request),
  ];
}

function classProblems(defaults: readonly string[]): string[] {
  const annotation = "storageclass.kubernetes.io/is-default-class";
  if (defaults.length === 0) {
    return [
      `it has no default StorageClass, without which no volume is made: kubectl annotate storageclass NAME ${annotation}=true`,
    ];
  }
  if (defaults.length === 1) return [];
  return [
    `it has ${defaults.length} default StorageClasses (${defaults.join(", ")}): kubectl annotate storageclass NAME ${annotation}-`,
  ];
}

function nodeProblems(
  { nodes }: Found,
  { nodes: asked, gpuPools }: Pick<ClusterRequest, "nodes" | "gpuPools">,
): string[] {
  const hasEnough = (node: FoundNode, { cpu, memory }: Pick<NodePool, "cpu" | "memory">) =>
    node.cpu >= cpu && node.memory >= memory * (1 - FIRMWARE_SHARE);
  const general = nodes.filter((node) => node.isOpen && hasEnough(node, asked)).length;
  return [
    ...(general >= asked.count
      ? []
      : [
          `${general} of its nodes have ${asked.cpu} CPU and ${formatSize(asked.memory)} and take any pod, where cluster.nodes says ${asked.count}: ` +
            "add nodes, or say what it has, such as cluster: {nodes: {count: 3, cpu: 4, memory: 16 GB}}",
        ]),
    ...gpuPools.flatMap((pool, index) => {
      const fitting = nodes.filter((node) => node.gpus >= pool.gpus && hasEnough(node, pool)).length;
      return fitting >= pool.count
        ? []
        : [
            `${fitting} of its nodes have ${pool.gpus} GPUs, ${pool.cpu} CPU and ${formatSize(pool.memory)}, where cluster.gpuPools[${index}] says ${pool.count}: ` +
              "add nodes, or say what it has; cluster: {gpuPools: []} where it has no GPUs",
          ];
    }),
  ];
}
