import { readFile } from "node:fs/promises";
import { textAt } from "../../kit/objects.ts";
import { HARBOR_PLUGIN } from "../../registry/harbor/plugin.ts";

/** Providers that the program loads, by cloud. */
const PLUGINS = {
  existing: ["kubernetes"],
  aws: ["kubernetes", "aws"],
  gcp: ["kubernetes", "gcp"],
  digitalocean: ["kubernetes", "digitalocean"],
} as const;

export type PluginCloud = keyof typeof PLUGINS;

export const PLUGIN_CLOUDS = Object.keys(PLUGINS) as readonly PluginCloud[];

/** Where a plugin is published that is not Pulumi's own, by name. */
export const REPOSITORIES: Readonly<Record<string, string>> = { [HARBOR_PLUGIN.name]: HARBOR_PLUGIN.repository };

/**
 * Provider plugins by name, each in the version of its npm package, which the CLI insists on; `hasHarbor`: where the
 * program makes a project of Harbor, whose plugin has none.
 */
export async function pluginsFor(cloud: PluginCloud, hasHarbor = false): Promise<Readonly<Record<string, string>>> {
  const manifest: unknown = JSON.parse(await readFile(new URL("../../../package.json", import.meta.url), "utf8"));
  const packaged = PLUGINS[cloud].map((name) => [name, textAt(manifest, "dependencies", `@pulumi/${name}`) ?? ""]);
  const harbor = hasHarbor ? [[HARBOR_PLUGIN.name, HARBOR_PLUGIN.version]] : [];
  return Object.fromEntries([...packaged, ...harbor]) as Readonly<Record<string, string>>;
}
