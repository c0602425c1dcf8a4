import { type CloudName, CLOUDS } from "../../components/cluster/contract.ts";
import { runContender } from "../contenders/contender.ts";
import type { Benchmark, Context, Figures } from "../harness/benchmark.ts";
import { measure, type Measurement } from "../harness/measure.ts";
import { alternate, median, spread } from "../harness/rounds.ts";

/** What it takes to see a whole stack before it is made. */
export const preview: Benchmark = {
  name: "preview",
  timed: true,
  description:
    "`npm run preview -- prod --cloud C --json`: cluster and Kubeflow, every resource checked, no credentials. Against the " +
    "same for an existing cluster, where Kubeflow is all there is. To be 8 s and 500 MB at most on two cores.",
  run,
};

const MOST = { seconds: 8, bytes: 500e6 } as const;

async function run({ report, signal }: Context): Promise<Figures> {
  const previewing = (cloud: CloudName) => (round: number) => {
    report(`round ${round}: ${cloud}`);
    return measure(() => runContender("../../rehearsal/preview/cli.ts", ["prod", "--cloud", cloud, "--json"], signal));
  };
  return previewFigures(
    await alternate({
      existing: previewing("existing"),
      aws: previewing("aws"),
      gcp: previewing("gcp"),
      digitalocean: previewing("digitalocean"),
    }),
  );
}

/** The table of all clouds, and how the slowest compares with Kubeflow alone. */
export function previewFigures(measured: Readonly<Record<CloudName, readonly Measurement[]>>): Figures {
  const seconds = (cloud: CloudName) => median(measured[cloud].map((one) => one.seconds));
  const bytes = (cloud: CloudName) => median(measured[cloud].map(({ peakBytes }) => peakBytes));
  const clouds = CLOUDS.filter((cloud) => cloud !== "existing");
  const slowest = Math.max(...clouds.map(seconds));
  const largest = Math.max(...clouds.map(bytes));
  const isKept = slowest <= MOST.seconds && largest <= MOST.bytes;
  return {
    columns: ["", "seconds", "CPU seconds", "memory peak"],
    rows: CLOUDS.map((cloud) => [
      cloud,
      spread(measured[cloud].map((one) => one.seconds)),
      spread(measured[cloud].map(({ cpuSeconds }) => cpuSeconds)),
      `${spread(
        measured[cloud].map(({ peakBytes }) => peakBytes / 1e6),
        0,
      )} MB`,
    ]),
    result:
      `The slowest cloud takes ${(slowest / seconds("existing")).toFixed(2)}x as long as Kubeflow alone, ` +
      `which is ${isKept ? "within" : "beyond"} 8 s and 500 MB.`,
  };
}
