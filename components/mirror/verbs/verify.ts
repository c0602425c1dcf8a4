import type { Base } from "../delta/holdings.ts";
import type { Digest } from "../oci/digest.ts";
import { verifyContent } from "../verify/content.ts";
import { verifyRegistry } from "../verify/registry.ts";
import { readWanted, type WantedImage } from "../list/wanted.ts";
import { addRegistryOptions, openRegistries, type RegistryFlags } from "./registry-options.ts";
import type { Verb } from "./index.ts";
import { expectOption, isThere, openContent, told } from "./content.ts";
import { type CommonFlags, concurrencyOption, finish, jsonOption, run } from "./run.ts";
import { PROJECT_LOCK } from "./images-option.ts";

interface Flags extends RegistryFlags, CommonFlags {
  readonly deep?: boolean;
  readonly images?: string;
  readonly layout?: readonly string[];
  readonly expect?: Digest;
  readonly concurrency: number;
}

/** Proves that a folder or a registry has what it must have. */
export const verifyVerb: Verb = (program) => {
  const command = program
    .command("verify")
    .description("prove that a folder, the archives of a bundle or a registry has every image, whole and unchanged")
    .argument("<places...>", "the layout, all archives of a bundle, or registry.example.com/kubeflow")
    .addOption(expectOption())
    .option("--deep", "read and hash every blob, rather than believe sizes")
    .option("--images <file>", "what must be there: a lock, or a list of references one a line")
    .option("--layout <folder or archives...>", "for a registry: what must be there is what these have")
    .addOption(concurrencyOption());
  addRegistryOptions(command).addOption(jsonOption()).action(act);
};

async function act(places: readonly string[], flags: Flags): Promise<void> {
  const began = performance.now();
  const { deep = false, concurrency } = flags;
  const place = told(places);
  const verification = await run("verify", `Verifying ${place}`, flags, async (context) => {
    const options = { deep, concurrency, ...context };
    if (places.length > 1 || (await isThere(place))) {
      const content = await openContent(places, { expect: flags.expect, threads: 2 });
      const wanted = flags.images === undefined ? [] : await readWanted(flags.images);
      return verifyContent(content, wanted, options).finally(() => content.close());
    }
    const registries = await openRegistries(flags, context);
    const { wanted, base } = await wantedThere(flags);
    const verified = verifyRegistry(place, registries, wanted, { ...options, ...(base && { base }) });
    return verified.finally(() => registries.close());
  });
  const { hashed: bytes, ...rest } = verification;
  finish("verify", `are whole in ${place}`, { ...rest, bytes }, (performance.now() - began) / 1000, flags);
}

/** With a delta what it leaves to the site has to be there as well. */
async function wantedThere({ images, layout }: Flags): Promise<{ wanted: readonly WantedImage[]; base?: Base }> {
  if (layout === undefined) return { wanted: await readWanted(images ?? PROJECT_LOCK) };
  const content = await openContent(layout);
  await content.close();
  const { entries, base } = content;
  const wanted = [...entries].map(([reference, { digest }]) => ({ reference, digest }));
  return { wanted, ...(base && { base }) };
}
