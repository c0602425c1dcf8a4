import type { KubernetesObject } from "../../kit/objects.ts";
import { adjustmentsFor } from "../../kubeflow/adjustments.ts";
import type { AirGapSettings } from "../../kubeflow/air-gap/settings.ts";
import { credentialsFrom } from "../../kubeflow/credentials/derive.ts";
import { extrasFor } from "../../kubeflow/extras.ts";
import { planInstall } from "../../kubeflow/plan.ts";
import { loadRelease, type LoadOptions } from "../../kubeflow/release/index.ts";
import { releases } from "../../kubeflow/releases/index.ts";
import type { Settings } from "../../settings/parse.ts";

/** Passwords are no images: any secret gives the same list. */
const NO_SECRET = "stands in for the stack secret of a list";

/**
 * Every object that the program applies with these settings, with images as they are published; with `airGap` as they
 * are named then. Throws UserError as `loadRelease` does.
 */
export async function objectsOf(
  settings: Settings,
  options: LoadOptions & { readonly airGap?: AirGapSettings } = {},
): Promise<readonly KubernetesObject[]> {
  const { airGap, ...load } = options;
  const release = releases[settings.release.version];
  const shipped = await loadRelease(release, settings.release.source, { ...load, extras: extrasFor(settings) });
  const credentials = credentialsFrom(NO_SECRET, settings.rotation);
  return planInstall(release, shipped, adjustmentsFor(release, { ...settings, credentials, airGap })).waves.flat();
}
