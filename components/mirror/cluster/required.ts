import * as pulumi from "@pulumi/pulumi";
import { releases } from "../../kubeflow/releases/index.ts";
import type { Settings } from "../../settings/parse.ts";
import { closedList } from "../list/closed-list.ts";
import { objectsOf } from "../list/program.ts";
import { readLock, withKnown } from "../list/lock.ts";

export interface Making {
  /** The record that leads the registry's name to it; undefined where that needs none. */
  readonly dnsRecord?: string | undefined;
}

/**
 * With `airGap.verify`: ends a run that would use an image which the mirror lacks. `making` is given where the same run
 * makes the mirror. A preview reaches nothing, and checks nothing. Throws UserError.
 */
export async function requireMirror(settings: Settings, making?: Making): Promise<void> {
  const { airGap, registries } = settings;
  if (airGap?.verify !== true || pulumi.runtime.isDryRun()) return;
  // Few ask for it, and everybody would wait for the client.
  const { assertHeld } = await import("./held.ts");
  const published = await objectsOf(settings);
  const listed = closedList(published, releases[settings.release.version].images);
  const images = withKnown(listed, (await readLock()).images);
  await assertHeld(airGap, registries, images, making);
  await pulumi.log.info(`airGap.verify: ${airGap.registry} has all ${images.length} images`);
}
