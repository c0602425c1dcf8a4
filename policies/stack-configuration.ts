import type { Settings } from "../components/settings/parse.ts";
import type { PackConfiguration } from "./configuration-file.ts";
import { CIRCUMSTANCES_RULE } from "./exemptions/circumstances.ts";
import type { StackClass } from "./rule.ts";

/** How strictly a stack is judged: by its environment, unless it has no way out. */
export function stackClassOf({ environment, airGap }: Settings): StackClass {
  return airGap === undefined ? environment : "airgapped";
}

/** A configuration with what the settings of a stack say: nobody has to write the same thing twice. */
export function configurationFor(configuration: PackConfiguration, settings: Settings): PackConfiguration {
  const versions = { kubeflow: settings.release.version };
  return withParameters(configuration, { [CIRCUMSTANCES_RULE.id]: { versions } });
}

/** Parameters added to the entries of rules, where the configuration has them. */
function withParameters(
  configuration: PackConfiguration,
  additions: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): PackConfiguration {
  return Object.fromEntries(Object.entries(configuration).map(([id, entry]) => [id, { ...entry, ...additions[id] }]));
}
