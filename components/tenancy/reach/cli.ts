import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Argument, Command } from "commander";
import { readStack } from "../../../rehearsal/stack.ts";
import { runCli } from "../../kit/cli.ts";
import { UserError } from "../../kit/errors.ts";
import { environments, type Environment } from "../../settings/environments.ts";
import { type Matrix, matrixOf } from "./matrix.ts";
import { plannedObjects } from "./plan.ts";
import { asJson } from "./render/json.ts";
import { asMarkdown } from "./render/markdown.ts";
import { asSvg } from "./render/svg.ts";

interface Flags {
  readonly config?: string;
  readonly json?: boolean;
  readonly markdown?: string;
  readonly svg?: string;
}

await runCli(
  new Command("npm run reach --")
    .description("Who can reach, read, change or impersonate what, from the settings alone: no cluster is asked")
    .addArgument(
      new Argument("<stack>", "whose settings are in Pulumi.<stack>.yaml").choices(Object.keys(environments)),
    )
    .option("--config <file>", "a stack file whose settings replace those of Pulumi.<stack>.yaml")
    .option("--json", "one JSON object on standard output, in place of Markdown")
    .option("--markdown <file>", "write it as Markdown")
    .option("--svg <file>", "write it as a picture")
    .action(run),
);

async function run(environment: Environment, flags: Flags): Promise<void> {
  const { settings } = await readStack({
    environment,
    ...(flags.config === undefined ? {} : { configFile: flags.config }),
  });
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  const matrix = matrixOf(await plannedObjects(settings, report));
  const title = `Who can do what in ${environment}`;
  if (flags.markdown !== undefined) await write(flags.markdown, asMarkdown(matrix, title), report);
  if (flags.svg !== undefined) await write(flags.svg, asSvg(matrix, title), report);
  if (flags.json === true) process.stdout.write(`${JSON.stringify(asJson(matrix))}\n`);
  else if (flags.markdown === undefined && flags.svg === undefined) process.stdout.write(asMarkdown(matrix, title));
  report(told(matrix));
}

function told({ rows, columns, cells }: Matrix): string {
  return `${rows.length} who, ${columns.length} where, ${cells.length} pairs with any power`;
}

async function write(file: string, content: string, report: (line: string) => void): Promise<void> {
  try {
    await writeFile(path.resolve(file), content);
  } catch (error) {
    throw new UserError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
      next: "give a file in a directory that is there and yours",
      cause: error,
    });
  }
  report(`wrote ${file}`);
}
