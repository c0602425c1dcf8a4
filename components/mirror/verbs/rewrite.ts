import { type Command, Option } from "commander";
import { UserError } from "../../kit/errors.ts";
import { table } from "../../kit/table.ts";
import { MirrorError } from "../errors.ts";
import { airGapSettings } from "../../kubeflow/air-gap/settings.ts";
import { targetOf } from "../list/formats.ts";
import { foreignUses } from "../list/foreign.ts";
import { objectsOf } from "../list/program.ts";
import { listImages, settingsOf } from "../list/stacks.ts";
import { releases } from "../../kubeflow/releases/index.ts";
import { chosenBy, type StackFlags, withStackOptions } from "./stack-options.ts";

interface Flags extends StackFlags {
  readonly to: string;
  readonly format: "table" | "json";
}

export function rewriteVerb(program: Command): void {
  withStackOptions(program.command("rewrite"))
    .description("what each image is called below a registry; fails where the program would still pull another one")
    .requiredOption("--to <registry>", "the setting airGap.registry, such as registry.example.com/kubeflow")
    .addOption(new Option("--format <format>", "what to print").choices(["table", "json"]).default("table"))
    .action(rewrite);
}

async function rewrite(environment: string | undefined, flags: Flags): Promise<void> {
  const airGap = airGapSettings.safeParse({ registry: flags.to });
  if (!airGap.success) {
    throw new UserError(`--to ${flags.to} is not a registry`, {
      next: "give one such as registry.example.com:5000/kubeflow",
      exitCode: 2,
    });
  }
  const choice = chosenBy(environment, flags);
  const report = (line: string) => process.stderr.write(`${line}\n`);
  const { images } = await listImages(choice, { report });
  const map = images.map(({ reference }) => ({ from: reference, to: targetOf(reference, flags.to) }));
  const rows = map.map(({ from, to }) => [from, to]);
  process.stdout.write(flags.format === "json" ? `${JSON.stringify(map, null, 2)}\n` : table(["image", "as"], rows));
  for (const settings of await settingsOf(choice)) {
    const objects = await objectsOf(settings, { airGap: airGap.data, report });
    const { places } = releases[settings.release.version].images;
    const { fixed, others } = foreignUses(objects, places, flags.to);
    for (const { reference, object, field } of fixed) {
      report(`${settings.environment}: ${reference} keeps its name, as ${object} has it compiled in: ${field}`);
    }
    if (others.length === 0) continue;
    const lines = others.map(({ reference, object, field }) => `  ${reference} in ${object}, ${field}`);
    throw new MirrorError(
      "E_FOREIGN",
      [`${settings.environment} would still pull from elsewhere:`, ...lines].join("\n"),
    );
  }
}
