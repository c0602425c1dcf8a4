import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Settings } from "../components/settings/parse.ts";
import { buildPack } from "./build.ts";
import { configurationFile, readConfigurationFile } from "./configuration-file.ts";
import { rules } from "./rules/index.ts";
import { configurationFor, stackClassOf } from "./stack-configuration.ts";

/** Compiles the pack and writes its configuration for a stack. Returns the arguments that have Pulumi run it. */
export async function policyArguments(settings: Settings): Promise<string[]> {
  const pack = await buildPack();
  const configuration = await readConfigurationFile(rules, configurationFile(stackClassOf(settings)));
  const file = path.join(pack, "bin", `${settings.environment}.json`);
  await writeFile(file, JSON.stringify(configurationFor(configuration, settings)));
  return ["--policy-pack", pack, "--policy-pack-config", file];
}
