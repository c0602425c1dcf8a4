import type { Progress } from "../components/kit/progress.ts";
import {
  attach,
  type Binaries,
  type ControlPlane,
  createDefaultStorageClass,
  createNodes,
  start,
} from "./control-plane/index.ts";
import type { Stack } from "./stack.ts";

export interface BesideOptions {
  /** Of the control plane that the registry feeds. */
  readonly name: string;
  /** Whether that was kept, and this one with it. */
  readonly reuse: boolean;
  readonly binaries: Binaries;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Enough for a registry. */
const NODE = { name: "registry-1", cpu: 2, memory: "4G", disk: 1e12, labels: {}, taints: [] };

/** The name of the control plane beside another one. */
export function besideOf(name: string): string {
  return `${name}-registry`;
}

/**
 * A second control plane, for the registry that a stack stands up beside its cluster; undefined where it stands up none.
 * The cluster that the settings name is never reached. Throws UserError as `start` and `attach` do.
 */
export async function controlPlaneOfRegistry(
  { settings: { airGap } }: Stack,
  { name, reuse, binaries, progress, signal }: BesideOptions,
): Promise<ControlPlane | undefined> {
  if (airGap?.distribution === undefined) return undefined;
  return progress.phase("A control plane for the registry", async (report) => {
    if (reuse) return attach(besideOf(name));
    const started = await start({ name: besideOf(name), binaries, report, signal });
    try {
      await Promise.all([createNodes(started.kubeconfig, [NODE]), createDefaultStorageClass(started.kubeconfig)]);
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  });
}
