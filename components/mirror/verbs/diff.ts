import { type Difference, difference } from "../transfer/diff.ts";
import { Layout } from "../layout/layout.ts";
import { formatBytes } from "../transfer/tally.ts";
import { addRegistryOptions, openRegistries, type RegistryFlags } from "./registry-options.ts";
import type { Verb } from "./index.ts";
import { type CommonFlags, concurrencyOption, describeFailure, failed, jsonOption, printJson, run } from "./run.ts";

interface Flags extends RegistryFlags, CommonFlags {
  readonly concurrency: number;
}

/** What a push would do. */
export const diffVerb: Verb = (program) => {
  const command = program
    .command("diff")
    .description("tell what a push would send, without sending it")
    .argument("<folder>", "the layout")
    .argument("<registry>", "registry with an optional path: registry.example.com/kubeflow")
    .addOption(concurrencyOption());
  addRegistryOptions(command).addOption(jsonOption()).action(act);
};

async function act(folder: string, registry: string, flags: Flags): Promise<void> {
  const found = await run("diff", `Comparing ${folder} with ${registry}`, flags, async (context) => {
    const content = await Layout.open(folder);
    const registries = await openRegistries(flags, context);
    try {
      return await difference(content, registry, registries, {
        concurrency: flags.concurrency,
        signal: context.signal,
      });
    } finally {
      await Promise.all([registries.close(), content.close()]);
    }
  });
  const { unmet, ...counted } = found;
  if (flags.json === true) {
    const failures = unmet.map(({ reference, error }) => ({ reference, ...describeFailure(error) }));
    printJson({ ok: unmet.length === 0, verb: "diff", ...counted, failures });
  } else tell(counted);
  if (unmet.length > 0) throw failed(unmet);
}

function tell(found: Omit<Difference, "unmet">): void {
  for (const reference of found.missing) process.stdout.write(`+ ${reference}\n`);
  for (const reference of found.different) process.stdout.write(`~ ${reference}\n`);
  process.stdout.write(
    `${found.missing.length} images missing, ${found.different.length} different, ${found.same.length} the same: ` +
      `${found.blobs} blobs, ${formatBytes(found.bytes)} to send\n`,
  );
}
