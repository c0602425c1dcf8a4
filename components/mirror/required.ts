import * as pulumi from "@pulumi/pulumi";
import { releases } from "../kubeflow/releases/index.ts";
import type { Settings } from "../settings/parse.ts";
import { closedList } from "./list/closed-list.ts";
import { objectsOf } from "./list/program.ts";
import { readLock, withKnown } from "./lock.ts";

/**
 * With `airGap.verify`: ends a run before anything is applied where the mirror lacks an image that the run would use. A
 * preview reaches nothing, and checks nothing. Throws UserError.
 */
export async function requireMirror(settings: Settings): Promise<void> {
  const { airGap, registries } = settings;
  if (airGap?.verify !== true || pulumi.runtime.isDryRun()) return;
  // Few ask for it, and everybody would wait for the client.
  const { assertHeld } = await import("./held.ts");
  const published = await objectsOf(settings);
  const listed = closedList(published, releases[settings.release.version].images);
  const images = withKnown(listed, (await readLock()).images);
  await assertHeld(airGap, registries, images);
  await pulumi.log.info(`airGap.verify: ${airGap.registry} has all ${images.length} images`);
}
