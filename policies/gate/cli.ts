import { writeFile } from "node:fs/promises";
import { Argument, Command, Option } from "commander";
import { runCli } from "../../components/kit/cli.ts";
import { loadExemptions } from "../exemptions/file.ts";
import { generate } from "../generate.ts";
import { STACK_CLASSES, type StackClass } from "../rule.ts";
import { rules } from "../rules/index.ts";
import { readBase } from "./base.ts";
import { runGate } from "./gate.ts";
import { markdownOf } from "./markdown.ts";
import { previewTarget } from "./preview.ts";
import { mandatory, reportOf } from "./report.ts";
import { sarifOf } from "./sarif.ts";
import { type Cloud, CLOUDS, targetsOf } from "./targets.ts";
import { textOf } from "./text.ts";

interface Flags {
  readonly cloud?: Cloud;
  readonly config?: string;
  readonly sarif?: string;
  readonly markdown?: string;
  readonly base?: string;
  readonly json?: boolean;
}

const FAILED = 1;
const FORBIDDEN = 3;

const command = new Command("npm run policy --").description(
  "Previews stacks without a cloud and tells what in them the policies forbid",
);

command
  .command("check", { isDefault: true })
  .description("preview and check (the default); exit code 3 where something is forbidden")
  .addArgument(
    new Argument("[stacks...]", "which stacks; airgapped is prod with a registry of its own")
      .choices(STACK_CLASSES)
      .default(STACK_CLASSES),
  )
  .addOption(new Option("--cloud <cloud>", "only on this one").choices(CLOUDS))
  .option("--config <file>", "a stack file whose settings replace those of Pulumi.<stack>.yaml")
  .option("--sarif <file>", "write the findings for code scanning")
  .option("--markdown <file>", "write a summary for a pull request")
  .option("--base <file>", "mark what this report, written with --json on the base, does not have")
  .option("--json", "the report as JSON on standard output; progress goes to standard error")
  .action(check);

command.command("docs").description("write docs/policies.md and policies/config from the rules").action(docs);

await runCli(command);

async function check(stacks: StackClass[], flags: Flags): Promise<void> {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  const base = flags.base === undefined ? undefined : await readBase(flags.base);
  const assessed = await runGate({
    rules,
    targets: targetsOf(stacks, flags.cloud && [flags.cloud]),
    exemptions: await loadExemptions(rules),
    preview: (target) =>
      previewTarget(target, {
        signal: controller.signal,
        ...(flags.config !== undefined && { configFile: flags.config }),
      }),
    report: (line) => process.stderr.write(`${line}\n`),
    now: new Date(),
  });
  const report = reportOf(assessed, rules, base);
  if (flags.sarif !== undefined) await writeFile(flags.sarif, JSON.stringify(sarifOf(report, rules), undefined, 2));
  if (flags.markdown !== undefined) await writeFile(flags.markdown, markdownOf(report));
  process.stdout.write(flags.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : textOf(report));
  if (report.targets.some(({ error }) => error !== undefined)) process.exitCode = FAILED;
  else if (mandatory(report).length > 0) process.exitCode = FORBIDDEN;
}

async function docs(): Promise<void> {
  const files = await generate();
  process.stdout.write(`${files.join("\n")}\n`);
}
