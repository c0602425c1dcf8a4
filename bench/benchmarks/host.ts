import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runContender } from "../contenders/contender.ts";
import type { Benchmark, Context, Figures } from "../harness/benchmark.ts";
import { measure, type Measurement } from "../harness/measure.ts";
import { alternate, median, spread } from "../harness/rounds.ts";

const SIZES = [600, 2000, 6000] as const;

/** What the rehearsal host and the SDK cost when the provider costs nothing. */
export const host: Benchmark = {
  name: "host",
  timed: true,
  description:
    "A program of 600, 2,000 and 6,000 resources (waves with a gate between them, inputs of 2.5 kB, an error hook on each) " +
    "under the rehearsal host with a provider that does nothing. Seconds and memory are those of the host and the " +
    "program together, from the start of the host to its end. The cost is linear when each further resource takes the same, " +
    "which is judged by CPU time: that of a start is left out, and what else the machine does matters less.",
  run,
};

async function run({ report, signal }: Context): Promise<Figures> {
  const ofSize = (size: number) => async (round: number) => {
    report(`round ${round}: ${size} resources`);
    const directory = await mkdtemp(path.join(tmpdir(), "bench-host-"));
    try {
      return await measure(() => runContender("many.ts", [String(size), directory], signal));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  };
  const measured = await alternate(Object.fromEntries(SIZES.map((size) => [String(size), ofSize(size)])));
  return hostFigures(SIZES.map((size) => ({ size, runs: measured[String(size)] ?? [] })));
}

interface SizeRuns {
  /** Resources. */
  readonly size: number;
  readonly runs: readonly Measurement[];
}

/** The table by size, and what a further resource costs at the top compared with at the bottom. */
export function hostFigures(sizes: readonly SizeRuns[]): Figures {
  const further = sizes.map((one, index) => furtherMilliseconds(sizes[index - 1], one));
  const growth = (further.at(-1) ?? 0) / (further[1] ?? 1);
  return {
    columns: ["resources", "seconds", "ms a resource", "CPU ms a further resource", "memory peak"],
    rows: sizes.map(({ size, runs }, index) => [
      size.toLocaleString("en"),
      spread(runs.map(({ seconds }) => seconds)),
      ((median(runs.map(({ seconds }) => seconds)) / size) * 1000).toFixed(2),
      further[index]?.toFixed(2) ?? "",
      `${spread(
        runs.map(({ peakBytes }) => peakBytes / 1e6),
        0,
      )} MB`,
    ]),
    result: `A further resource costs ${growth.toFixed(2)}x as much in the largest program as in the smallest.`,
  };
}

function furtherMilliseconds(smaller: SizeRuns | undefined, larger: SizeRuns): number | undefined {
  if (smaller === undefined) return undefined;
  return ((medianCpu(larger) - medianCpu(smaller)) / (larger.size - smaller.size)) * 1000;
}

function medianCpu({ runs }: SizeRuns): number {
  return median(runs.map(({ cpuSeconds }) => cpuSeconds));
}
