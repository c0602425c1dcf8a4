import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { KubernetesObject } from "../../components/kit/objects.ts";
import { FIRST_PROFILE } from "../../components/tenancy/tenants.ts";
import type { ControlPlane } from "../../rehearsal/control-plane/index.ts";
import { nodesOf } from "../../rehearsal/nodes.ts";
import { readStack } from "../../rehearsal/stack.ts";
import { manyProfiles } from "../../test/kit/many-profiles.ts";
import { objectsOf, settingsOf, tenantsOn } from "../../test/kit/tenancy/tenants.ts";
import { DEFAULT_KUBERNETES, KUBERNETES, obtain } from "../../toolchain/index.ts";
import { runContender } from "../contenders/contender.ts";
import { onFreshControlPlane } from "../contenders/control-plane.ts";
import { applyUntilDone, writeManifest } from "../contenders/kubectl.ts";
import { untilAllReady, untilProfilesDone } from "../contenders/readiness.ts";
import type { Benchmark, Context, Figures } from "../harness/benchmark.ts";
import { measure, type Measurement } from "../harness/measure.ts";
import { alternate, median, spread } from "../harness/rounds.ts";

const COUNT = 50;
/** Seconds that so many profiles may add to an installation. */
const WANTED = 20;

/** What profiles add to an installation. */
export const profiles: Benchmark = {
  name: "profiles",
  timed: true,
  description:
    `An installation of \`dev\` with ${COUNT} profiles of ten members each against one without, each on a fresh control ` +
    "plane, from the start of the program until every workload is ready and the stand-in of the profile controller has " +
    "done everything for every Profile. What the profiles add is held against `kubectl apply --server-side " +
    "--force-conflicts` of the same objects onto the installation without, until the same holds.",
  run,
};

interface Round {
  readonly install: Measurement;
  /** Of the profiles alone, where kubectl applied them afterwards. */
  readonly kubectl?: Measurement;
}

async function run({ report, signal }: Context): Promise<Figures> {
  const stack = await readStack({ environment: "dev" });
  const { kubectl, ...binaries } = await obtain(
    ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok", "kubectl"],
    { report, signal },
  );
  const objects = await objectsOfProfiles();
  const installing = async ({ directory, kubeconfig }: ControlPlane, count: number) => {
    const config = path.join(directory, "profiles.yaml");
    await writeFile(config, manyProfiles(count));
    return measure(async () => {
      await runContender("stack.ts", [directory, kubeconfig, config], signal);
      await untilAllReady(kubeconfig, signal);
      await untilProfilesDone(kubeconfig, count + 1, signal);
    });
  };
  const applying = async ({ directory, kubeconfig }: ControlPlane) => {
    const manifest = await writeManifest(directory, objects);
    return measure(async () => {
      await applyUntilDone(manifest, { kubectl, kubeconfig, directory, signal });
      await untilProfilesDone(kubeconfig, COUNT + 1, signal);
    });
  };
  const onePlane = (work: (controlPlane: ControlPlane) => Promise<Round>) =>
    onFreshControlPlane(binaries, nodesOf(stack.settings.cluster), signal, work);
  const measured = await alternate({
    without: (round: number) => {
      report(`round ${round}: without profiles, then these by kubectl`);
      return onePlane(async (controlPlane): Promise<Round> => {
        return { install: await installing(controlPlane, 0), kubectl: await applying(controlPlane) };
      });
    },
    with: (round: number) => {
      report(`round ${round}: with ${COUNT} profiles`);
      return onePlane(async (controlPlane): Promise<Round> => ({ install: await installing(controlPlane, COUNT) }));
    },
  });
  const kubectlRuns = measured.without.flatMap(({ kubectl: applied }) => applied ?? []);
  return {
    ...profilesFigures({
      objects: objects.length,
      without: measured.without.map(({ install }) => install),
      with: measured.with.map(({ install }) => install),
      kubectl: kubectlRuns,
    }),
    kubernetes: KUBERNETES[DEFAULT_KUBERNETES],
  };
}

/** What is applied for the profiles beside the administrator's, in order. */
async function objectsOfProfiles(): Promise<KubernetesObject[]> {
  const { config } = JSON.parse(manyProfiles(COUNT)) as { config: Record<string, unknown> };
  const made = await tenantsOn(settingsOf(config));
  return [...made].filter(([name]) => name !== FIRST_PROFILE).flatMap(([, objects]) => objectsOf(objects));
}

export interface ProfilesRuns {
  /** Of the profiles. */
  readonly objects: number;
  readonly without: readonly Measurement[];
  readonly with: readonly Measurement[];
  readonly kubectl: readonly Measurement[];
}

/** The table, and what the profiles add to an installation. */
export function profilesFigures({ objects, without, kubectl, ...runs }: ProfilesRuns): Figures {
  const row = (name: string, measured: readonly Measurement[]) => [
    name,
    spread(measured.map(({ seconds }) => seconds)),
    spread(measured.map(({ cpuSeconds }) => cpuSeconds)),
  ];
  const middle = (measured: readonly Measurement[]) => median(measured.map(({ seconds }) => seconds));
  const added = middle(runs.with) - middle(without);
  return {
    columns: ["", "seconds", "CPU seconds"],
    rows: [
      row("without profiles", without),
      row(`with ${COUNT} profiles`, runs.with),
      row(`kubectl, ${objects.toLocaleString("en")} objects of profiles`, kubectl),
    ],
    result:
      `The profiles add ${added.toFixed(1)} s, which is ${(added / middle(kubectl)).toFixed(2)}x of what kubectl takes for ` +
      `their objects, and ${(added / WANTED).toFixed(2)}x of the ${WANTED} s that they may.`,
  };
}
