import { importBundle } from "../archive/import.ts";
import type { Digest } from "../oci/digest.ts";
import { formatBytes } from "../transfer/tally.ts";
import { expectOption } from "./content.ts";
import type { Verb } from "./index.ts";
import { type CommonFlags, jsonOption, printJson, run } from "./run.ts";
import { writing } from "./writing.ts";

interface Flags extends CommonFlags {
  readonly output: string;
  readonly expect?: Digest;
}

/** Archives to a folder. */
export const importVerb: Verb = (program) => {
  program
    .command("import")
    .description("take archives in, in any order; everything is checked on the way")
    .argument("<archives...>", "all of a bundle, or those that are at hand")
    .requiredOption("-o, --output <folder>", "the layout")
    .addOption(expectOption())
    .addOption(jsonOption())
    .action(act);
};

async function act(volumes: readonly string[], flags: Flags): Promise<void> {
  const { output, expect } = flags;
  const imported = await run("import", `Importing into ${output}`, flags, (context) =>
    writing(output, (layout) =>
      importBundle({ volumes, layout, ...(expect !== undefined && { expected: expect }), ...context }),
    ),
  );
  const { images, lacking, bytes, bundle } = imported;
  if (flags.json === true)
    return printJson({ ok: true, verb: "import", images: images.length, lacking, bytes, bundle });
  process.stdout.write(`${images.length} images are in ${output}, ${formatBytes(bytes)} of them new\n`);
  if (lacking.length > 0) {
    process.stdout.write(`${lacking.length} could not be pulled where it was made: ${lacking.join(", ")}\n`);
  }
  if (expect === undefined) process.stdout.write(`Compare with what export told:\n  ${bundle}\n`);
}
