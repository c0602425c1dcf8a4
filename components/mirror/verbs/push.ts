import type { Digest } from "../oci/digest.ts";
import { push } from "../transfer/push.ts";
import { uploadJournal } from "../registry/upload-journal.ts";
import { expectOption, openContent, told } from "./content.ts";
import { addRegistryOptions, openRegistries, type RegistryFlags } from "./registry-options.ts";
import type { Verb } from "./index.ts";
import { type CommonFlags, concurrencyOption, finish, jsonOption, run } from "./run.ts";

interface Flags extends RegistryFlags, CommonFlags {
  readonly to: string;
  readonly concurrency: number;
  readonly deep?: boolean;
  readonly expect?: Digest;
}

/** Twice as many as are pulled: a registry takes no bytes of a blob while it stores it, and stores it before it answers. */
const PUSHED_AT_ONCE = 8;

/** A folder to a registry. */
export const pushVerb: Verb = (program) => {
  const command = program
    .command("push")
    .description(
      "bring the images of a folder, or of archives, to a registry, each as <registry>/<its host>/<its path>",
    )
    .argument("<folder or archives...>", "the layout, or all archives of a bundle, which are read where they lie")
    .requiredOption("--to <registry>", "registry with an optional path: registry.example.com/kubeflow")
    .addOption(expectOption())
    .option("--deep", "look for every blob there, rather than believe tags: for a registry that has lost some")
    .addOption(concurrencyOption(PUSHED_AT_ONCE));
  addRegistryOptions(command, PUSHED_AT_ONCE).addOption(jsonOption()).action(act);
};

async function act(places: readonly string[], flags: Flags): Promise<void> {
  const began = performance.now();
  const outcome = await run("push", `Pushing ${told(places)} to ${flags.to}`, flags, async (context) => {
    const content = await openContent(places, flags);
    const registries = await openRegistries(flags, context);
    try {
      return await push({
        content,
        to: flags.to,
        registries,
        concurrency: flags.concurrency,
        deep: flags.deep === true,
        journal: uploadJournal(),
        ...context,
      });
    } finally {
      await Promise.all([registries.close(), content.close()]);
    }
  });
  finish("push", `are in ${flags.to}`, outcome, (performance.now() - began) / 1000, flags);
}
