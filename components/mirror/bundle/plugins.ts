import { readFile } from "node:fs/promises";
import { textAt } from "../../kit/objects.ts";

/** Providers that the program loads, by cloud. */
const PLUGINS = {
  existing: ["kubernetes"],
  aws: ["kubernetes", "aws"],
  gcp: ["kubernetes", "gcp"],
  digitalocean: ["kubernetes", "digitalocean"],
} as const;

export type PluginCloud = keyof typeof PLUGINS;

export const PLUGIN_CLOUDS = Object.keys(PLUGINS) as readonly PluginCloud[];

/** Provider plugins by name, each in the version of its npm package, which the CLI insists on. */
export async function pluginsFor(cloud: PluginCloud): Promise<Readonly<Record<string, string>>> {
  const manifest: unknown = JSON.parse(await readFile(new URL("../../../package.json", import.meta.url), "utf8"));
  return Object.fromEntries(
    PLUGINS[cloud].map((name) => [name, textAt(manifest, "dependencies", `@pulumi/${name}`) ?? ""]),
  );
}
