import path from "node:path";
import { type Command, Option } from "commander";
import { UserError } from "../../kit/errors.ts";
import { table } from "../../kit/table.ts";
import { DEFAULT_RELEASE, releases } from "../../kubeflow/releases/index.ts";
import { createBundle } from "../bundle/create.ts";
import { checkInventory, type Inventory, unmet } from "../bundle/inventory.ts";
import { type Need, needsOf, type Platform } from "../bundle/needs.ts";
import { signInventory, verifySignature } from "../bundle/signature.ts";
import { EXIT } from "../errors.ts";
import { PLUGIN_CLOUDS, type PluginCloud, pluginsFor } from "../bundle/plugins.ts";

type PlatformName = `${Platform["os"]}-${Platform["cpu"]}`;

interface Flags {
  readonly platform: PlatformName;
  readonly cloud: PluginCloud;
  readonly harbor?: boolean;
}

interface CreateFlags extends Flags {
  readonly source?: string;
  readonly sign?: string;
}

interface InventoryFlags extends Flags {
  readonly expect?: string;
  readonly key?: string;
}

const PLATFORMS: readonly PlatformName[] = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64"];

export function bundleVerb(program: Command): void {
  const bundle = program.command("bundle").description("everything beside the images that a site needs");
  withTarget(bundle.command("create"))
    .description("packs the project, its npm packages, the manifests and the files that you name")
    .argument("<folder>", "is made")
    .argument("[files...]", "the Pulumi CLI, provider plugins, kustomize and Node.js, as their projects publish them")
    .option("--source <source>", "the manifests, as the setting release.source")
    .option(
      "--sign <key>",
      "sign the inventory with this key of cosign: a file, or the URI of a key management service",
    )
    .action(create);
  withTarget(bundle.command("inventory"))
    .description("reads a bundle whole: what is in it, what was changed, and what is missing")
    .argument("<folder>", "a bundle")
    .option("--expect <checksum>", "what the sending side has printed: anything else is refused")
    .option("--key <key>", "the public key of cosign whose owner must have signed the inventory")
    .action(inventory);
}

function withTarget(command: Command): Command {
  return command
    .addOption(
      new Option("--platform <platform>", "of the machine that runs Pulumi").choices(PLATFORMS).default("linux-x64"),
    )
    .addOption(new Option("--cloud <cloud>", "whose plugins are needed").choices(PLUGIN_CLOUDS).default("existing"))
    .option("--harbor", "the program makes a project of Harbor, and needs its plugin");
}

async function create(
  folder: string,
  files: readonly string[],
  { platform, cloud, harbor, source, sign }: CreateFlags,
): Promise<void> {
  const release = releases[DEFAULT_RELEASE];
  const { inventory, checksum } = await createBundle({
    folder: path.resolve(folder),
    release,
    source,
    platform: platformNamed(platform),
    files: files.map((file) => path.resolve(file)),
    report: (line) => process.stderr.write(`packing ${line}\n`),
  });
  print(inventory, checksum);
  if (sign !== undefined) await signInventory(path.resolve(folder), { key: keyFrom(sign), env: process.env });
  tellMissing(unmet(await needs(platform, cloud, harbor), inventory.files), "add");
}

async function inventory(folder: string, { platform, cloud, harbor, expect, key }: InventoryFlags): Promise<void> {
  const { inventory: found, checksum, problems } = await checkInventory(path.resolve(folder));
  print(found, checksum);
  if (expect !== undefined && expect !== checksum) {
    throw new UserError(`the inventory is ${checksum}, expected is ${expect}: this is another bundle`, {
      next: "take the one whose checksum the sending side has printed",
      exitCode: EXIT.integrity,
    });
  }
  if (key !== undefined) await verifySignature(path.resolve(folder), { key: keyFrom(key), env: process.env });
  if (problems.length > 0) {
    throw new UserError(`the bundle is not what was packed:\n${problems.map((line) => `  ${line}`).join("\n")}`, {
      next: "copy it again, and compare the checksum of its inventory with what the sending side has printed",
    });
  }
  const missing = unmet(await needs(platform, cloud, harbor), found.files);
  tellMissing(missing, "bring");
  if (missing.length > 0) throw new UserError(`the bundle lacks ${missing.length} things, listed above`);
}

function print({ files }: Inventory, checksum: string): void {
  const rows = files.map(({ name, size, sha256 }) => [name, `${(size / 1e6).toFixed(1)} MB`, sha256.slice(0, 12)]);
  process.stdout.write(table(["file", "size", "sha256"], rows, [1]));
  process.stdout.write(`inventory ${checksum}\nCompare that with the other side by another way than the bundle's.\n`);
}

function tellMissing(missing: readonly Need[], verb: string): void {
  for (const { name, example, from } of missing) {
    process.stderr.write(`missing: ${name}; ${verb} ${example}${from === undefined ? "" : ` (${from})`}\n`);
  }
}

async function needs(platform: PlatformName, cloud: PluginCloud, hasHarbor?: boolean): Promise<Need[]> {
  return needsOf(releases[DEFAULT_RELEASE], await pluginsFor(cloud, hasHarbor), platformNamed(platform));
}

function platformNamed(name: PlatformName): Platform {
  const [os, cpu] = name.split("-") as [Platform["os"], Platform["cpu"]];
  return { os, cpu };
}

/** Cosign runs in the bundle's folder; a URI stays what it is. */
function keyFrom(key: string): string {
  return key.includes("://") ? key : path.resolve(key);
}
