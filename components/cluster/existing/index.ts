import type { Capabilities, Capability, Cloud, ClusterPlan, ClusterRequest, NodePool } from "../contract.ts";
import { refuse } from "../draft.ts";
import { principalProblems } from "../principals.ts";
import { storageDeviations, storageWarnings } from "../storage-options.ts";
import { authorityDeviations, BY_DAEMON_SET } from "../registry-authority.ts";
import { GENERAL_POOL, GPU_TAINT, NODE_LABELS } from "../sizing/pools.ts";

const AS_IT_IS: Capability = { supported: true, by: "the cluster as it is" };

/** Nothing of it is made here, so what it can do is its own. */
const capabilities: Capabilities = {
  zones: AS_IT_IS,
  nodeUserData: AS_IT_IS,
  registryAuthority: { supported: false, substitute: BY_DAEMON_SET },
  isolation: AS_IT_IS,
  diskSizes: AS_IT_IS,
  privateEndpoint: AS_IT_IS,
  sharedVolumes: { supported: false, substitute: "the StorageClasses that the cluster has" },
  principals: { supported: false, substitute: "whoever administers the cluster lets others in" },
  gpus: AS_IT_IS,
  networkPolicy: AS_IT_IS,
};

/** A cluster that somebody has: nothing of it is made here, so nothing of it can be asked for. */
export const existing: Cloud = {
  name: "existing",
  title: "An existing cluster",
  capabilities,
  catalogue: { source: "none", date: "2026-11-26", priceSource: "unknown", types: [], zones: {} },
  cniBinDirectory: "/opt/cni/bin",
  gpu: {
    driver: "unknown",
    cuda: "unknown",
    driverBy: "whoever runs the cluster",
    devicePlugin: "cloud",
    source: "none",
    date: "2026-11-26",
  },
  metricsServer: "cloud",
  plan: (request): ClusterPlan => {
    refuse(existing, principalProblems(capabilities, request));
    return {
      zones: [],
      pools: poolsOf(request),
      deviations: [...authorityDeviations(capabilities, request), ...storageDeviations(capabilities, request)],
      warnings: storageWarnings(request),
    };
  },
  create: async (name, request, plan) => {
    const { createExisting } = await import("./component.ts");
    return createExisting(name, request, plan);
  },
};

/** The nodes that the request says the cluster has. */
function poolsOf({ nodes, gpuPools }: ClusterRequest): NodePool[] {
  const general = { name: GENERAL_POOL, purpose: "general" as const, ...nodes, min: nodes.count, spot: false };
  return [
    { ...general, training: false, instanceType: "", zones: [], labels: {}, taints: [] },
    ...gpuPools.map(({ gpus, family, ...pool }): NodePool => ({
      purpose: "gpu",
      instanceType: "",
      ...pool,
      zones: [],
      gpu: { count: gpus, family: family ?? "unknown" },
      labels: { [NODE_LABELS.pool]: pool.name, [NODE_LABELS.gpu]: "true" },
      taints: [GPU_TAINT],
    })),
  ];
}
