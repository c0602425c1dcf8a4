import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../components/kit/errors.ts";
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
    "about one resource after the other, then about all of them. Against as many policies written the ordinary way: a " +
    "list, for which the SDK reads a resource again for every policy, and which starts with all of Pulumi's SDK. To be " +
    "4 s for the resources and the stack, 1 s to start and 500 MB at most on two cores.",
  run,
};

/** What the pack may take. */
const MOST = { seconds: 4, start: 1, bytes: 500e6 };

/** Seconds of the parts of one run, and the memory of the pack's process. */
export interface PackRun {
  readonly start: number;
  readonly resources: number;
  readonly stack: number;
  readonly peakBytes: number;
}

async function run({ report }: Context): Promise<Figures> {
  const { resources, failures } = await runProgram(
    { environment: "prod", cloud: "existing", secret: "benchmark".repeat(4) },
    { preview: true },
  );
  if (failures.length > 0) throw new UserError(failures.map(({ message }) => message).join("\n"));
  const packs = { ours: await buildPack(), plain: await plainPack() };
  const configuration = configurationOf(rules, "prod");
  const judging = (pack: keyof typeof packs) => (round: number) => {
    report(`round ${round}: ${pack}`);
    return runPack(packs[pack], configuration, resources);
  };
  return packFigures(resources.length, await alternate({ ours: judging("ours"), plain: judging("plain") }));
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
export function packFigures(resources: number, runs: Readonly<Record<"ours" | "plain", readonly PackRun[]>>): Figures {
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
  const middle = (all: readonly PackRun[], of: (run: PackRun) => number) => median(all.map(of));
  const ratio = (of: (run: PackRun) => number) => (middle(runs.ours, of) / middle(runs.plain, of)).toFixed(2);
  const isKept =
    middle(runs.ours, asked) <= MOST.seconds &&
    middle(runs.ours, ({ start }) => start) <= MOST.start &&
    middle(runs.ours, ({ peakBytes }) => peakBytes) <= MOST.bytes;
  return {
    columns: ["", "seconds to start", "seconds for the resources", "seconds for the stack", "memory peak"],
    rows: [row("this pack", runs.ours), row("a list of policies", runs.plain)],
    result:
      `Asked about ${resources} resources, the pack takes ${ratio(asked)}x as long as a list of policies, ` +
      `${ratio(({ start }) => start)}x to start and ${ratio(({ peakBytes }) => peakBytes)}x the memory, ` +
      `which is ${isKept ? "within" : "beyond"} what it may take.`,
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
    outside: [/^@pulumi\//],
  });
}
