import type { KubernetesObject } from "../../kit/objects.ts";
import { credentialsFrom } from "../../kubeflow/credentials/derive.ts";
import { planPlatform } from "../../kubeflow/platform.ts";
import { releases } from "../../kubeflow/releases/index.ts";
import type { Settings } from "../../settings/parse.ts";
import { objectsOf } from "../objects/index.ts";
import { profilesOn } from "../profiles.ts";

/** Stands in for the stack secret: no password shows in who can do what. */
const ANY_SECRET = "in place of the stack secret, for what no password changes";

/** Every object that a stack applies, those of its profiles included. Throws UserError where the release cannot be had. */
export async function plannedObjects(
  settings: Settings,
  report: (line: string) => void,
): Promise<readonly KubernetesObject[]> {
  const credentials = credentialsFrom(settings.secret ?? ANY_SECRET, settings.rotation);
  const plan = await planPlatform(settings, credentials, { report });
  return withProfiles(plan.waves.flat(), settings);
}

/** The objects of a platform with those of the profiles that the settings have on it. Pure. */
export function withProfiles(platform: readonly KubernetesObject[], settings: Settings): readonly KubernetesObject[] {
  return [...platform, ...profilesOn(platform, releases[settings.release.version], settings).flatMap(objectsOf)];
}
