import type { Settings } from "../settings/parse.ts";
import { type AdjustmentOptions, adjustmentsFor } from "./adjustments.ts";
import type { Credentials } from "./credentials/derive.ts";
import { extrasFor } from "./extras.ts";
import { type Plan, planInstall } from "./plan.ts";
import { type LoadOptions, loadRelease } from "./release/index.ts";
import { releases } from "./releases/index.ts";

/** How a release is loaded, and what a cluster has the platform be like. */
export type PlatformOptions = Omit<LoadOptions, "extras"> &
  Partial<Pick<AdjustmentOptions, "ingress" | "storageClass">>;

/** The platform that settings ask for, profiles aside, in waves. Throws UserError as {@link loadRelease} does. */
export async function planPlatform(
  settings: Settings,
  credentials: Credentials,
  { ingress = settings.ingress, storageClass, ...load }: PlatformOptions = {},
): Promise<Plan> {
  const release = releases[settings.release.version];
  const shipped = await loadRelease(release, settings.release.source, { ...load, extras: extrasFor(settings) });
  return planInstall(release, shipped, adjustmentsFor(release, { ...settings, ingress, credentials, storageClass }));
}
