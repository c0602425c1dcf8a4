import { cloudOf } from "../../cluster/clouds.ts";
import { programsWithTrust } from "../../cluster/furnishing/objects.ts";
import { pulledAs } from "../../cluster/furnishing/pulling.ts";
import { defined } from "../../kit/defined.ts";
import type { KubernetesObject } from "../../kit/objects.ts";
import type { AirGapSettings } from "../../kubeflow/air-gap/settings.ts";
import { credentialsFrom } from "../../kubeflow/credentials/derive.ts";
import { planPlatform } from "../../kubeflow/platform.ts";
import type { LoadOptions } from "../../kubeflow/release/index.ts";
import { releases } from "../../kubeflow/releases/index.ts";
import type { Settings } from "../../settings/parse.ts";
import { objectsOf as objectsOfProfile } from "../../tenancy/objects/index.ts";
import { profilesOn } from "../../tenancy/profiles.ts";

/** Passwords are no images: any secret gives the same list. */
const NO_SECRET = "stands in for the stack secret of a list";

/**
 * Every object that the program applies with these settings, profiles included, with images as they are published; with `airGap` as they
 * are named then. Throws UserError as `loadRelease` does.
 */
export async function objectsOf(
  settings: Settings,
  { airGap, ...load }: Omit<LoadOptions, "extras"> & { readonly airGap?: AirGapSettings } = {},
): Promise<readonly KubernetesObject[]> {
  const credentials = credentialsFrom(NO_SECRET, settings.rotation);
  const platform = (await planPlatform({ ...settings, airGap }, credentials, load)).waves.flat();
  const profiles = profilesOn(platform, releases[settings.release.version], { ...settings, airGap });
  const cloud = cloudOf(settings.cloud);
  const own = programsWithTrust(cloud, settings.cluster, cloud.plan(settings.cluster));
  const pulled = { registries: [], ...defined({ airGap }) };
  return [...own.map((object) => pulledAs(object, pulled)), ...platform, ...profiles.flatMap(objectsOfProfile)];
}
