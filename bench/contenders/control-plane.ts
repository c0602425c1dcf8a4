import { randomBytes } from "node:crypto";
import { type Binaries, type ControlPlane, start } from "../../rehearsal/control-plane/index.ts";
import { createDefaultStorageClass, createNodes, type SimulatedNode } from "../../rehearsal/control-plane/index.ts";

/** Stands up a control plane with nodes and a default StorageClass, lets `work` use it, and removes it. */
export async function onFreshControlPlane<T>(
  binaries: Binaries,
  nodes: readonly SimulatedNode[],
  signal: AbortSignal,
  work: (controlPlane: ControlPlane) => Promise<T>,
): Promise<T> {
  const name = `bench-${randomBytes(3).toString("hex")}`;
  const controlPlane = await start({ name, binaries, signal });
  try {
    await Promise.all([
      createNodes(controlPlane.kubeconfig, nodes),
      createDefaultStorageClass(controlPlane.kubeconfig),
    ]);
    return await work(controlPlane);
  } finally {
    await controlPlane.stop();
  }
}
