import { readFile } from "node:fs/promises";
import { load } from "js-yaml";
import { inputOf, parseSettings, type Settings } from "../../../components/settings/parse.ts";
import { releases } from "../../../components/kubeflow/releases/index.ts";
import { type Started, startedBy } from "../../../components/tenancy/proof/index.ts";
import { objectsOf, type TenantObjects } from "../../../components/tenancy/objects/index.ts";
import { profilesOn } from "../../../components/tenancy/profiles.ts";
import { plannedRelease } from "../release.ts";

/** Three teams of four people, as a stack file that is laid over that of an environment. */
export const THREE_TEAMS = new URL("../../fixtures/three-teams.yaml", import.meta.url);

/** Settings as a stack file's `config` writes them, of dev where it says nothing else. */
export function settingsOf(config: Readonly<Record<string, unknown>>): Settings {
  const texts = Object.entries(config).map(([key, value]): [string, string] => [
    key.includes(":") ? key : `kubeflow:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const base = { "kubeflow:environment": "dev", "kubeflow:cloud": "existing" };
  return parseSettings(inputOf({ ...base, ...Object.fromEntries(texts) }));
}

export async function threeTeams(): Promise<Settings> {
  const { config } = load(await readFile(THREE_TEAMS, "utf8")) as { config: Record<string, unknown> };
  return settingsOf(config);
}

/** What is applied for each profile of the settings, on the real v1.8.1; by name. */
export async function tenantsOn(settings: Settings): Promise<ReadonlyMap<string, TenantObjects>> {
  const platform = (await plannedRelease({ environment: settings.environment })).waves.flat();
  const made = profilesOn(platform, releases["1.8.1"], settings);
  return new Map(made.map((objects) => [objects.namespace.metadata.name, objects]));
}

/** What v1.8.1 starts in profiles of an environment. */
export async function startedIn(environment: "dev" | "prod"): Promise<Started> {
  return startedBy((await plannedRelease({ environment })).waves.flat(), releases["1.8.1"].profilePods);
}

export { objectsOf };
