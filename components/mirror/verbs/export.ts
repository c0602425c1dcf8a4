import { InvalidArgumentError, Option } from "commander";
import { type Exported, exportBundle } from "../archive/export.ts";
import { MirrorError } from "../errors.ts";
import { Layout } from "../layout/layout.ts";
import { formatBytes } from "../transfer/tally.ts";
import type { Verb } from "./index.ts";
import { parseSize } from "./size.ts";
import { type CommonFlags, jsonOption, printJson, run } from "./run.ts";
import { whileLocked } from "./writing.ts";

interface Flags extends CommonFlags {
  readonly output: string;
  readonly name: string;
  readonly maxSize?: number;
}

/** A folder to archives that can be carried. */
export const exportVerb: Verb = (program) => {
  program
    .command("export")
    .description("write a folder as one archive or several, to be carried over")
    .argument("<folder>", "the layout")
    .requiredOption("-o, --output <folder>", "where the archives go")
    .addOption(new Option("--name <name>", "of the archives").argParser(parseName).default("kubeflow-images"))
    .addOption(new Option("--max-size <size>", "of one archive: 4GB, 4GiB").argParser(parseSize))
    .addOption(jsonOption())
    .action(act);
};

async function act(folder: string, flags: Flags): Promise<void> {
  const { output, name, maxSize } = flags;
  const exported = await run("export", `Exporting ${folder} to ${output}`, flags, async (context) => {
    const content = await Layout.open(folder, 2);
    try {
      const options = { content, folder: output, name, ...(maxSize !== undefined && { maxSize }), ...context };
      return await whileLocked(output, () => exportBundle(options));
    } finally {
      await content.close();
    }
  });
  const { lacking } = exported;
  if (flags.json === true) printJson({ ok: lacking.length === 0, verb: "export", ...exported });
  else tell(exported);
  if (lacking.length === 0) return;
  throw new MirrorError(
    "E_INCOMPLETE",
    `the last pull into ${folder} did not bring ${lacking.length} images, which are not in the archives: ${lacking.join(", ")}`,
    { next: `npm run mirror -- pull -o ${folder} once more, and then this command` },
  );
}

function tell(exported: Exported): void {
  process.stdout.write(
    `${exported.images} images, ${formatBytes(exported.bytes)}, in:\n` +
      `${exported.volumes.map((volume) => `  ${volume}\n`).join("")}` +
      `The receiving side compares, told by another way than the archives take:\n  ${exported.bundle}\n`,
  );
}

function parseName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError("it must be letters, digits, dots, dashes and underscores, 64 at most.");
}
