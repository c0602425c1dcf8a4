import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Argument, Command } from "commander";
import { runCli } from "../components/kit/cli.ts";
import { table } from "../components/kit/table.ts";
import { benchmarks } from "./benchmarks/index.ts";
import { formatted, section, withSections } from "./harness/document.ts";
import { watchOthers } from "./harness/machine.ts";

const DOCUMENT = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));
/** Share of the processors that others may take before it shows in the figures. */
const QUIET = 0.1;
const names = benchmarks.map(({ name }) => name);

await runCli(
  new Command("npm run bench --")
    .description("Measures the project against what its users would use instead, and writes docs/benchmarks.md.")
    .addArgument(new Argument("[name...]", "only these").choices(names))
    .action(run),
);

async function run(chosen: readonly string[]): Promise<void> {
  const interruption = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => interruption.abort());
  const { signal } = interruption;
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  for (const benchmark of benchmarks.filter(({ name }) => chosen.length === 0 || chosen.includes(name))) {
    report(`${benchmark.name}:`);
    const others = await watchOthers();
    const figures = await benchmark.run({ report: (line) => report(`  ${line}`), signal });
    const right = figures.columns.map((_, index) => index).slice(1);
    process.stdout.write(`\n${table(figures.columns, figures.rows, right)}${figures.result}\n\n`);
    const conditions = {
      date: new Date(),
      cores: availableParallelism(),
      others: benchmark.timed ? await others() : undefined,
    };
    if ((conditions.others ?? 0) > QUIET)
      report("  the machine was busy with other things: measure again when it is not");
    const sections = new Map([[benchmark.name, section(benchmark, figures, conditions)]]);
    const document = withSections(await readFile(DOCUMENT, "utf8").catch(() => ""), sections, names);
    await writeFile(DOCUMENT, await formatted(document, DOCUMENT));
  }
}
