import type { Capabilities, ClusterRequest, Deviation } from "./contract.ts";

/** What stands in for shared volumes where a cloud has none. Pure. */
export function storageDeviations(
  { sharedVolumes }: Pick<Capabilities, "sharedVolumes">,
  { storage }: Pick<ClusterRequest, "storage">,
): Deviation[] {
  if (!storage.shared || sharedVolumes.supported) return [];
  return [{ setting: "storage.shared", asked: "volumes that several nodes write", given: sharedVolumes.substitute }];
}

/** Scratch space that nobody would get. Pure. */
export function storageWarnings({ storage, gpuPools }: Pick<ClusterRequest, "storage" | "gpuPools">): string[] {
  if (!storage.scratch || gpuPools.some(({ training }) => training)) return [];
  return ["storage.scratch: no pool of cluster.gpuPools has training: true, so no node gets local NVMe as scratch"];
}
