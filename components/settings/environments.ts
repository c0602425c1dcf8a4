import type { ClusterDefaults } from "../cluster/settings.ts";

/** The two sizes that a platform's users asked for, as defaults of everything the settings leave out. */
export const environments = {
  /** A test environment: no GPU until the basics work. */
  dev: { nodes: { count: 3, max: 6, cpu: 16, memory: "64 GB", disk: "1 TB" }, gpuPools: [] },
  /** Production: general nodes, and GPU nodes of their own that nothing else may land on. */
  prod: {
    nodes: { count: 6, max: 12, cpu: 32, memory: "128 GB", disk: "2 TB" },
    gpuPools: [{ name: "gpu", count: 1, cpu: 32, memory: "128 GB", disk: "2 TB", gpus: 8 }],
  },
} as const satisfies Record<string, ClusterDefaults>;

export type Environment = keyof typeof environments;
