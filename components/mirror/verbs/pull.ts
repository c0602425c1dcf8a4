import { InvalidArgumentError, Option } from "commander";
import { parsePlatforms, type PlatformChoice } from "../oci/platform.ts";
import { pull } from "../pull.ts";
import { Rate } from "../rate.ts";
import { beyond, readWanted } from "../wanted.ts";
import { imagesOption } from "./images-option.ts";
import { addRegistryOptions, openRegistries, type RegistryFlags } from "./registry-options.ts";
import type { Verb } from "./index.ts";
import { type CommonFlags, concurrencyOption, finish, jsonOption, run } from "./run.ts";
import { parseSize } from "./size.ts";
import { type SourceFlags, sourceOption } from "./source-option.ts";
import { writing } from "./writing.ts";

interface Flags extends RegistryFlags, CommonFlags, SourceFlags {
  readonly output: string;
  readonly images: string;
  readonly platform: PlatformChoice;
  readonly concurrency: number;
  readonly limitRate?: number;
  readonly withSignatures?: boolean;
  readonly have?: string;
}

/** Registries to a folder. */
export const pullVerb: Verb = (program) => {
  const command = program
    .command("pull")
    .description("fetch images into a folder, an OCI image layout; what is there is continued")
    .requiredOption("-o, --output <folder>", "the layout")
    .addOption(imagesOption())
    .option("--have <file>", "leave out what the site has: a lock that was written there with lock --from")
    .addOption(sourceOption())
    .addOption(
      new Option("--platform <platforms>", "all, or such as linux/amd64,linux/arm64")
        .argParser(platformsFrom)
        .default("all" satisfies PlatformChoice),
    )
    .option("--with-signatures", "carry signatures, attestations and lists of contents along")
    .addOption(
      new Option("--limit-rate <size>", "bytes a second of all blobs together: 5MB, 500kB").argParser(parseSize),
    )
    .addOption(concurrencyOption());
  addRegistryOptions(command).addOption(jsonOption()).action(act);
};

async function act(flags: Flags): Promise<void> {
  const began = performance.now();
  const all = await readWanted(flags.images);
  const wanted = flags.have === undefined ? all : beyond(all, await readWanted(flags.have));
  const outcome = await run("pull", `Pulling ${wanted.length} images into ${flags.output}`, flags, async (context) => {
    const registries = await openRegistries(flags, context);
    const { platform: platforms, concurrency, withSignatures: signatures = false, source: sources = [] } = flags;
    const limit = flags.limitRate === undefined ? {} : { rate: new Rate(flags.limitRate) };
    return writing(flags.output, (layout) =>
      pull({ wanted, layout, registries, sources, platforms, signatures, concurrency, ...limit, ...context }),
    ).finally(() => registries.close());
  });
  finish("pull", `are in ${flags.output}`, outcome, (performance.now() - began) / 1000, flags);
}

export function platformsFrom(text: string): PlatformChoice {
  try {
    return parsePlatforms(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}
