import { writeFile } from "node:fs/promises";
import { UserError } from "../../kit/errors.ts";
import { formatInventory } from "../delta/inventory.ts";
import { survey } from "../delta/survey.ts";
import { exitCodeOf, explainStorage } from "../errors.ts";
import { formatBytes } from "../transfer/tally.ts";
import { readWanted } from "../list/wanted.ts";
import { PROJECT_LOCK } from "./images-option.ts";
import type { Verb } from "./index.ts";
import { addRegistryOptions, openRegistries, type RegistryFlags } from "./registry-options.ts";
import { type CommonFlags, concurrencyOption, describeFailure, jsonOption, printJson, run } from "./run.ts";

interface Flags extends RegistryFlags, CommonFlags {
  readonly output?: string;
  readonly images?: string;
  readonly concurrency: number;
}

/** At the site: what its registry holds, to be carried back. */
export const inventoryVerb: Verb = (program) => {
  const command = program
    .command("inventory")
    .description("at the site: write what its registry holds, for pull --have on the other side")
    .argument("<registry>", "registry with an optional path: registry.example.com/kubeflow")
    .option("-o, --output <file>", "where it goes; without, to standard output")
    .option("--images <file>", "do not read the catalogue: ask for the images of this lock or list")
    .addOption(concurrencyOption());
  addRegistryOptions(command).addOption(jsonOption()).action(act);
};

async function act(at: string, flags: Flags): Promise<void> {
  const { output, images, concurrency, json } = flags;
  const { inventory, broken } = await run("inventory", `Looking through ${at}`, flags, async (context) => {
    const registries = await openRegistries(flags, context);
    const listed = () => readWanted(images ?? PROJECT_LOCK);
    const options = { at, registries, listed, onlyListed: images !== undefined, concurrency, ...context };
    return survey(options).finally(() => registries.close());
  });
  const text = formatInventory(inventory);
  const { foundBy } = inventory;
  const counts = {
    images: inventory.images.length,
    manifests: inventory.manifests.length,
    blobs: inventory.blobs.length,
    bytes: inventory.blobs.reduce((sum, { size }) => sum + size, 0),
  };
  if (output === undefined) process.stdout.write(text);
  else await save(output, text);
  if (output !== undefined && json === true) {
    const failures = broken.map(({ reference, error }) => ({ reference, ...describeFailure(error) }));
    printJson({ ok: broken.length === 0, verb: "inventory", foundBy, ...counts, failures });
  } else {
    const told = `${at} has ${counts.images} images whole: ${counts.manifests} manifests, ${counts.blobs} blobs, ${formatBytes(counts.bytes)}`;
    process.stderr.write(`${told}${foundBy === "list" ? "; of what is not on the list nothing is known" : ""}\n`);
  }
  if (broken.length === 0) return;
  throw new UserError(
    [
      `${broken.length} images are not whole there:`,
      ...broken.map(({ error }) => `  ${describeFailure(error).message}`),
    ].join("\n"),
    {
      next: "the inventory is right without them; push them again, or delete their tags",
      exitCode: exitCodeOf(broken.map(({ error }) => error)),
    },
  );
}

async function save(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw explainStorage(error, file);
  });
}
