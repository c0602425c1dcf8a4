import type { ControlPlane } from "../../rehearsal/control-plane/index.ts";
import { nodesOf } from "../../rehearsal/nodes.ts";
import { readStack } from "../../rehearsal/stack.ts";
import { plannedRelease } from "../../test/kit/release.ts";
import { DEFAULT_KUBERNETES, KUBERNETES, obtain } from "../../toolchain/index.ts";
import { runContender } from "../contenders/contender.ts";
import { onFreshControlPlane } from "../contenders/control-plane.ts";
import { applyUntilDone, writeManifest } from "../contenders/kubectl.ts";
import { untilAllReady } from "../contenders/readiness.ts";
import type { Benchmark, Context, Figures } from "../harness/benchmark.ts";
import { measure, type Measurement } from "../harness/measure.ts";
import { alternate, median, spread } from "../harness/rounds.ts";

/** A whole installation, against what someone with kubectl would do. */
export const install: Benchmark = {
  name: "install",
  timed: true,
  description:
    "From the start of the program until every Deployment and StatefulSet of Kubeflow is ready, under the rehearsal host " +
    "with its Kubernetes provider, against `kubectl apply --server-side --force-conflicts` of the same repaired objects " +
    "in the same order, written to a file before the clock starts and applied again and again without a pause until " +
    "kubectl succeeds. Every installation gets a fresh control plane with the same nodes, StorageClass and stand-ins. " +
    "CPU and memory are those of the control plane and the contender together.",
  run,
};

/** Prepares an installation; what it returns is what the clock runs for. */
type Contender = (controlPlane: ControlPlane) => Promise<() => Promise<void>>;

async function run(context: Context): Promise<Figures> {
  const { report, signal } = context;
  const stack = await readStack({ environment: "dev" });
  const { kubectl, ...binaries } = await obtain(
    ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok", "kubectl"],
    { report, signal },
  );
  const objects = (await plannedRelease()).waves.flat();
  const passes: number[] = [];
  const program: Contender = ({ directory, kubeconfig }) =>
    Promise.resolve(() => runContender("stack.ts", [directory, kubeconfig], signal));
  const kubectlLoop: Contender = async ({ directory, kubeconfig }) => {
    const manifest = await writeManifest(directory, objects);
    return async () => {
      passes.push(await applyUntilDone(manifest, { kubectl, kubeconfig, directory, signal }));
    };
  };
  const installBy = (name: string, contender: Contender) => async (round: number) => {
    report(`round ${round}: ${name}`);
    return onFreshControlPlane(binaries, nodesOf(stack.settings.cluster), signal, async (controlPlane) => {
      const work = await contender(controlPlane);
      return measure(async () => {
        await work();
        await untilAllReady(controlPlane.kubeconfig, signal);
      });
    });
  };
  const measured = await alternate({
    program: installBy("the program", program),
    kubectl: installBy("kubectl", kubectlLoop),
  });
  return { ...figuresOf(measured, median(passes)), kubernetes: KUBERNETES[DEFAULT_KUBERNETES] };
}

function figuresOf(
  { program, kubectl }: Readonly<Record<"program" | "kubectl", readonly Measurement[]>>,
  passes: number,
): Figures {
  const row = (name: string, runs: readonly Measurement[]) => [
    name,
    spread(runs.map(({ seconds }) => seconds)),
    spread(runs.map(({ cpuSeconds }) => cpuSeconds)),
    `${spread(runs.map(({ peakBytes }) => peakBytes / 1e9))} GB`,
  ];
  const ratio = (pick: (run: Measurement) => number) =>
    `${(median(program.map(pick)) / median(kubectl.map(pick))).toFixed(2)}x`;
  return {
    columns: ["", "seconds", "CPU seconds", "memory peak"],
    rows: [row("the program", program), row(`kubectl, applied ${passes} times`, kubectl)],
    result:
      `The program takes ${ratio(({ seconds }) => seconds)} the time of kubectl (at most 1.2x is wanted), ` +
      `${ratio(({ cpuSeconds }) => cpuSeconds)} its CPU time and ${ratio(({ peakBytes }) => peakBytes)} its memory.`,
  };
}
