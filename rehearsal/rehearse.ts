import path from "node:path";
import { cloudOf } from "../components/cluster/clouds.ts";
import { UserError } from "../components/kit/errors.ts";
import type { Progress } from "../components/kit/progress.ts";
import { releases } from "../components/kubeflow/releases/index.ts";
import { extrasFor } from "../components/kubeflow/extras.ts";
import { loadRelease } from "../components/kubeflow/release/index.ts";
import { selectedOf } from "../components/kubeflow/selection/index.ts";
import { PROJECT } from "../components/settings/parse.ts";
import { type KubernetesMinor, obtain } from "../toolchain/index.ts";
import {
  attach,
  checkedFaults,
  type ControlPlane,
  createDefaultStorageClass,
  createNodes,
  start,
  type WrittenFaultPlan,
} from "./control-plane/index.ts";
import { type ImageCheck, watchEgress, type ZeroEgress } from "./air-gap/index.ts";
import { type EngineName, type EngineResult, engines } from "./engines/index.ts";
import { type Inspection, inspect } from "./inspection.ts";
import { Journal } from "./journal.ts";
import { nodesOf } from "./nodes.ts";
import { controlPlaneOfRegistry } from "./registry-cluster.ts";
import { PROGRAM, readStack, type Stack, type StackOptions, configFor } from "./stack.ts";

export interface RehearsalOptions extends StackOptions {
  readonly kubernetes: KubernetesMinor;
  readonly engine: EngineName;
  /** Name of the control plane: a new one's, or with `reuse` that of a kept one. */
  readonly name: string;
  readonly reuse: boolean;
  /** What goes wrong on purpose on a new control plane. */
  readonly faults?: WrittenFaultPlan;
  readonly keep: boolean;
  /** What the mirror of `airGap` holds, by the names under which it is published. @default the list of these settings */
  readonly held?: readonly string[];
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** What a rehearsal did and what it left. */
export interface Rehearsal {
  readonly stack: Stack;
  readonly controlPlane: Pick<ControlPlane, "name" | "kubeconfig" | "version">;
  /** Beside it, where the stack stands its registry up there. */
  readonly registry: Pick<ControlPlane, "kubeconfig"> | undefined;
  /** Whether the control plane is still there. */
  readonly isKept: boolean;
  readonly result: EngineResult;
  readonly journal: Journal;
  readonly inspection: Inspection;
  /** Where the images of all pods come from; undefined where the settings name no mirror. */
  readonly images: ImageCheck | undefined;
  readonly sourceObjects: number;
  /** Those of them that the settings select. */
  readonly releaseObjects: number;
  readonly seconds: { readonly toolchain: number; readonly controlPlane: number; readonly install: number };
}

/**
 * Stands a control plane up, installs the stack on it and looks at what came of it. Whatever happens, the control plane
 * is gone afterwards unless it was to be kept. Throws UserError where it cannot begin or the control plane is lost.
 */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const { progress, signal } = options;
  const engine = await engines[options.engine]();
  const stack = await readStack(options);
  const { cloud, cluster } = stack.settings;
  // What cannot be met is told before anything is started; the program would come to the same.
  cloudOf(cloud).plan(cluster);
  const release = releases[stack.settings.release.version];
  const [toolchain, tools] = await timed(() =>
    progress.phase("Toolchain and release", async (report) => {
      const obtaining = { kubernetes: options.kubernetes, report, signal };
      const binaries = await obtain(
        ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok", "kustomize"],
        obtaining,
      );
      const isolated = stack.settings.airGap !== undefined;
      const registry = isolated ? (await obtain(["registry"], obtaining)).registry : undefined;
      const objects = await loadRelease(release, stack.settings.release.source, {
        extras: extrasFor(stack.settings),
        report,
        signal,
      });
      const selected = selectedOf(release, objects, stack.settings.components);
      return { binaries, registry, sourceObjects: objects.length, releaseObjects: selected.length };
    }),
  );
  const [controlPlaneSeconds, controlPlane] = await timed(() =>
    progress.phase("Control plane", async (report) => {
      if (options.reuse) {
        if (options.faults !== undefined) throw faultsNeedNew(options.name);
        return attach(options.name);
      }
      const started = await start({
        name: options.name,
        binaries: tools.binaries,
        report,
        signal,
        faults: options.faults ?? {},
      });
      try {
        await furnish(started, stack);
      } catch (error) {
        await started.stop();
        throw error;
      }
      return started;
    }),
  );
  let kept = options.reuse;
  let egress: ZeroEgress | undefined;
  let beside: ControlPlane | undefined;
  try {
    const lost = new AbortController();
    let loss: UserError | undefined;
    controlPlane.onLost((error) => {
      loss = error;
      lost.abort(error);
    });
    const journal = new Journal();
    const { registry } = tools;
    if (registry !== undefined) {
      egress = await progress.phase("A mirror with an image for each of the list", (report) =>
        watchEgress({
          ...stack,
          kubeconfig: controlPlane.kubeconfig,
          registry: { binary: registry, folder: path.join(controlPlane.directory, "registry") },
          held: options.held,
          report,
          signal,
        }),
      );
    }
    beside = await controlPlaneOfRegistry(stack, { ...options, binaries: tools.binaries });
    const [install, result] = await timed(() =>
      progress.phase(`Kubeflow v${release.version} on Kubernetes ${controlPlane.version}`, async (report) =>
        engine.up({
          program: PROGRAM,
          project: PROJECT,
          stack: stack.settings.environment,
          config: await configFor(stack, controlPlane, beside),
          directory: controlPlane.directory,
          kubeconfig: controlPlane.kubeconfig,
          ...(options.faults === undefined ? {} : { faults: checkedFaults(options.faults) }),
          signal: AbortSignal.any([signal, lost.signal]),
          onEvent: (event) => {
            journal.record(event);
            report(journal.progress());
          },
        }),
      ),
    );
    signal.throwIfAborted();
    if (loss !== undefined) throw loss;
    const inspection = await inspect(controlPlane.kubeconfig);
    const images = result.failures.length === 0 ? await conclude(egress, progress) : undefined;
    await egress?.stop();
    if (options.keep && !kept) {
      await Promise.all([controlPlane.keep(), beside?.keep()]);
      kept = true;
    }
    return {
      stack,
      controlPlane,
      registry: beside,
      isKept: kept,
      result,
      journal,
      inspection,
      images,
      sourceObjects: tools.sourceObjects,
      releaseObjects: tools.releaseObjects,
      seconds: { toolchain, controlPlane: controlPlaneSeconds, install },
    };
  } finally {
    await egress?.stop();
    if (!kept) await Promise.all([controlPlane.stop(), beside?.stop()]);
  }
}

function conclude(egress: ZeroEgress | undefined, progress: Progress): Promise<ImageCheck | undefined> {
  if (egress === undefined) return Promise.resolve(undefined);
  return progress.phase("Images of what users make", () => egress.conclude());
}

function faultsNeedNew(name: string): UserError {
  return new UserError(`a fault plan is played from the start of a control plane, and ${name} is there already`, {
    next: `npm run rehearse -- down ${name}, or choose another name`,
    exitCode: 2,
  });
}

/** What a cluster that somebody has brings along: nodes as the settings ask for, and a default StorageClass. */
async function furnish(controlPlane: ControlPlane, stack: Stack): Promise<void> {
  if (stack.settings.cloud !== "existing") return;
  await Promise.all([
    createNodes(controlPlane.kubeconfig, nodesOf(stack.settings.cluster)),
    createDefaultStorageClass(controlPlane.kubeconfig),
  ]);
}

async function timed<T>(work: () => Promise<T>): Promise<[seconds: number, result: T]> {
  const began = performance.now();
  const result = await work();
  return [(performance.now() - began) / 1000, result];
}
