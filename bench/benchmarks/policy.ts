import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildPack, PACK } from "../../policies/build.ts";
import { configurationOf, type PackConfiguration } from "../../policies/configuration-file.ts";
import { rules } from "../../policies/rules/index.ts";
import { startAnalyzer } from "../../rehearsal/host/analyzer.ts";
import type { ResourceRecord } from "../../rehearsal/host/index.ts";
import { runProgram } from "../../test/kit/program.ts";
import type { Benchmark, Context, Figures } from "../harness/benchmark.ts";
import { measure } from "../harness/measure.ts";
import { alternate, median, spread } from "../harness/rounds.ts";

/** What the policies cost over the graph of production. */
export const policy: Benchmark = {
  name: "policy",
  timed: true,
  description:
    "The policy pack over everything that the program registers for `prod`, as the engine asks it: it starts, is asked " +
    "about one resource after the other, then about all of them. Against the same policies in an ordinary list, for " +
    "which the SDK reads a resource again for every policy.",
  run,
};

/** Seconds of the parts of one run, and the memory of the pack's process. */
export interface PackRun {
  readonly start: number;
  readonly resources: number;
  readonly stack: number;
  readonly peakBytes: number;
}

async function run({ report }: Context): Promise<Figures> {
  const { resources } = await runProgram(
    { environment: "prod", cloud: "existing", secret: "benchmark".repeat(4) },
    { preview: true },
  );
  const packs = { shared: await buildPack(), plain: await plainPack() };
  const configuration = configurationOf(rules, "prod");
  const measured = await alternate({
    shared: (round) => told(report, round, "shared", () => runPack(packs.shared, configuration, resources)),
    plain: (round) => told(report, round, "plain", () => runPack(packs.plain, configuration, resources)),
  });
  return packFigures(resources.length, measured);
}

function told<T>(report: Context["report"], round: number, name: string, work: () => Promise<T>): Promise<T> {
  report(`round ${round}: ${name}`);
  return work();
}

async function runPack(
  directory: string,
  configuration: PackConfiguration,
  resources: readonly ResourceRecord[],
): Promise<PackRun> {
  const marks: number[] = [];
  const mark = () => marks.push(performance.now() / 1000);
  const { peakBytes } = await measure(async () => {
    mark();
    const analyzer = await startAnalyzer(
      { directory, configuration },
      { project: "kubeflow", stack: "prod", preview: true },
    );
    mark();
    for (const resource of resources) await analyzer.analyze(resource);
    mark();
    await analyzer.analyzeStack(resources);
    mark();
    analyzer.close();
  });
  const [begun = 0, started = 0, analyzed = 0, ended = 0] = marks;
  return { start: started - begun, resources: analyzed - started, stack: ended - analyzed, peakBytes };
}

/** The table of both packs, and how they compare. */
export function packFigures(
  resources: number,
  runs: Readonly<Record<"shared" | "plain", readonly PackRun[]>>,
): Figures {
  const asked = (run: PackRun) => run.resources + run.stack;
  const row = (name: string, all: readonly PackRun[]) => [
    name,
    spread(all.map(({ start }) => start)),
    spread(all.map(({ resources: seconds }) => seconds)),
    spread(all.map(({ stack }) => stack)),
    `${spread(
      all.map(({ peakBytes }) => peakBytes / 1e6),
      0,
    )} MB`,
  ];
  const ratio = median(runs.shared.map(asked)) / median(runs.plain.map(asked));
  return {
    columns: ["", "seconds to start", "seconds for the resources", "seconds for the stack", "memory peak"],
    rows: [row("one reading", runs.shared), row("a reading a policy", runs.plain)],
    result: `Asked about ${resources} resources, the pack takes ${ratio.toFixed(2)}x as long as with a reading a policy.`,
  };
}

/** A pack in a folder from which the SDK is found. */
async function plainPack(): Promise<string> {
  const directory = fileURLToPath(new URL("../../node_modules/.cache/plain-pack/", import.meta.url));
  await mkdir(directory, { recursive: true });
  await cp(path.join(PACK, "package.json"), path.join(directory, "package.json"));
  return buildPack({
    entry: fileURLToPath(new URL("../contenders/plain-pack.ts", import.meta.url)),
    directory,
  });
}
