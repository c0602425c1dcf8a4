import { type Command, Option } from "commander";
import { readLock, withKnown } from "../list/lock.ts";
import { type FormatName, formats } from "../list/formats.ts";
import { listImages } from "../list/stacks.ts";
import { chosenBy, type StackFlags, withStackOptions } from "./stack-options.ts";

interface Flags extends StackFlags {
  readonly format: FormatName;
  readonly to?: string;
}

export function listVerb(program: Command): void {
  withStackOptions(program.command("list"))
    .description("every image that the stacks pull, at once or when a feature is used, with where it is named")
    .addOption(
      new Option("--format <format>", "what to print: for people, for programs, or for another tool")
        .choices(Object.keys(formats))
        .default("table" satisfies FormatName),
    )
    .option("--to <registry>", "with regsync: where the images go, such as registry.example.com/kubeflow")
    .action(async (environment: string | undefined, flags: Flags) => {
      const { release, images } = await listImages(chosenBy(environment, flags), { report });
      const known = withKnown(images, (await readLock()).images);
      process.stdout.write(formats[flags.format]({ version: 1, release, images: known }, flags.to));
    });
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
