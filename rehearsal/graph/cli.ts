import { Command } from "commander";
import { runCli } from "../../components/kit/cli.ts";
import { UserError } from "../../components/kit/errors.ts";
import { commitGraph, currentGraph, differencesFrom, GOLDEN_CASES, GOLDEN_SITE, nameOf } from "./golden.ts";

/** Lines of a difference that are shown; the rest is in `git diff` after an update. */
const SHOWN = 60;

const command = new Command("npm run graph --")
  .description(
    "Compares the resources of dev and prod on each cloud, and of a site with Harbor, with the graphs in test/graph",
  )
  .argument("[names...]", "only these, such as prod-aws")
  .option("-u, --update", "write the graphs")
  .action(compare);

await runCli(command);

async function compare(names: readonly string[], { update = false }: { update?: boolean }): Promise<void> {
  const cases = [...GOLDEN_CASES, GOLDEN_SITE].map((golden) => ({ golden, name: nameOf(golden) }));
  const unknown = names.filter((name) => !cases.some((one) => one.name === name));
  if (unknown.length > 0) {
    throw new UserError(
      `there is no graph ${unknown.join(", ")}; there are ${cases.map(({ name }) => name).join(", ")}`,
      {
        exitCode: 2,
      },
    );
  }
  let changed = 0;
  for (const { golden, name } of cases) {
    if (names.length > 0 && !names.includes(name)) continue;
    const graph = await currentGraph(golden);
    const lines = await differencesFrom(golden, graph);
    if (lines.length > 0) changed += 1;
    const more = lines.length > SHOWN ? [`... and ${lines.length - SHOWN} lines more`] : [];
    process.stdout.write(
      `${[`${name}: ${lines.length === 0 ? "same" : "changed"}`, ...lines.slice(0, SHOWN), ...more].join("\n")}\n`,
    );
    if (update) await commitGraph(golden, graph);
  }
  if (changed > 0 && !update) {
    throw new UserError(`${changed} graphs are not those that are committed`, {
      next: "npm run graph -- -u, if the changes are meant; git diff test/graph shows them whole",
    });
  }
}
