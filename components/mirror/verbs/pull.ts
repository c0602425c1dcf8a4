import { InvalidArgumentError, Option } from "commander";
import { beyond, type Holdings } from "../delta/holdings.ts";
import { readHoldings } from "../delta/inventory.ts";
import { holdingsSince } from "../delta/since.ts";
import { parsePlatforms, type PlatformChoice } from "../oci/platform.ts";
import { pull } from "../transfer/pull.ts";
import { Rate } from "../transfer/rate.ts";
import { readWanted } from "../list/wanted.ts";
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
  readonly since?: string;
}

/** Registries to a folder. */
export const pullVerb: Verb = (program) => {
  const command = program
    .command("pull")
    .description("fetch images into a folder, an OCI image layout; what is there is continued")
    .requiredOption("-o, --output <folder>", "the layout")
    .addOption(imagesOption())
    .addOption(
      new Option(
        "--have <file>",
        "leave out what the site has: its inventory, or a lock that lock --from wrote there",
      ).conflicts("since"),
    )
    .option("--since <bundle>", "leave out what an earlier bundle brought: its folder, or one of its volumes")
    .addOption(sourceOption())
    .addOption(
      new Option("--platform <platforms>", "all, or such as linux/amd64,linux/arm64")
        .argParser(platformsFrom)
        .default("all" satisfies PlatformChoice),
    )
    .option(
      "--with-signatures",
      "carry signatures, attestations and lists of contents along, and tell how many images have none",
    )
    .addOption(
      new Option("--limit-rate <size>", "bytes a second of all blobs together: 5MB, 500kB").argParser(parseSize),
    )
    .addOption(concurrencyOption());
  addRegistryOptions(command).addOption(jsonOption()).action(act);
};

async function act(flags: Flags): Promise<void> {
  const began = performance.now();
  const all = await readWanted(flags.images);
  const holdings = await holdingsGiven(flags);
  const { wanted, held } = holdings === undefined ? { wanted: all } : beyond(all, holdings);
  const outcome = await run("pull", `Pulling ${wanted.length} images into ${flags.output}`, flags, async (context) => {
    const registries = await openRegistries(flags, context);
    const { platform: platforms, concurrency, withSignatures: signatures = false, source: sources = [] } = flags;
    const base = holdings && held && { base: { images: held, blobs: holdings.blobs } };
    const limit = flags.limitRate === undefined ? {} : { rate: new Rate(flags.limitRate) };
    return writing(flags.output, (layout) =>
      pull({ wanted, layout, registries, sources, platforms, signatures, concurrency, ...base, ...limit, ...context }),
    ).finally(() => registries.close());
  });
  finish("pull", `are in ${flags.output}`, outcome, (performance.now() - began) / 1000, flags);
}

/** Undefined where the whole is to be fetched. */
async function holdingsGiven({ have, since }: Flags): Promise<Holdings | undefined> {
  if (have !== undefined) return readHoldings(have);
  return since === undefined ? undefined : holdingsSince(since);
}

export function platformsFrom(text: string): PlatformChoice {
  try {
    return parsePlatforms(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}
