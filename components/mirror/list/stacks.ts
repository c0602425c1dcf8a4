import { readStack } from "../../../rehearsal/stack.ts";
import { defined } from "../../kit/defined.ts";
import type { KubernetesObject } from "../../kit/objects.ts";
import type { LoadOptions } from "../../kubeflow/release/index.ts";
import { releases, type ReleaseVersion } from "../../kubeflow/releases/index.ts";
import { type Environment, environments } from "../../settings/environments.ts";
import type { Settings } from "../../settings/parse.ts";
import { closedList, type ListedImage } from "./closed-list.ts";
import { objectsOf } from "./program.ts";

/** Whose images are meant: those of one environment, or of all; a stack file's settings replace those of each. */
export interface StackChoice {
  readonly environment?: Environment;
  readonly config?: string;
}

export async function settingsOf({ environment, config }: StackChoice): Promise<Settings[]> {
  const chosen = environment === undefined ? (Object.keys(environments) as Environment[]) : [environment];
  const stacks = await Promise.all(
    chosen.map((one) => readStack({ environment: one, ...defined({ configFile: config }) })),
  );
  return stacks.map(({ settings }) => settings);
}

/** The closed list of what the chosen stacks pull, as it is published. */
export async function listImages(
  choice: StackChoice,
  options: LoadOptions = {},
): Promise<{ readonly release: ReleaseVersion; readonly images: ListedImage[] }> {
  const settings = await settingsOf(choice);
  const objects: KubernetesObject[] = [];
  for (const one of settings) objects.push(...(await objectsOf(one, options)));
  const release = settings[0]!.release.version;
  return { release, images: closedList(objects, releases[release].images) };
}
