import type { V1Pod } from "@kubernetes/client-node";
import { releases } from "../../components/kubeflow/releases/index.ts";
import { closedList } from "../../components/mirror/list/closed-list.ts";
import { objectsOf } from "../../components/mirror/list/program.ts";
import { contentsOf } from "../../components/mirror/contents.ts";
import type { Settings } from "../../components/settings/parse.ts";
import { Client } from "../control-plane/client.ts";
import { watchAdmission } from "./admission.ts";
import { type ImageCheck, Sightings } from "./sightings.ts";
import { admitEverythingMade } from "./users.ts";

export type { Foreign, ImageCheck } from "./sightings.ts";

/** A check, under way, that nothing is pulled from anywhere but the mirror. */
export interface ZeroEgress {
  /** Adds what runs already and what users make to what was installed, and says what was seen. */
  conclude(): Promise<ImageCheck>;
  stop(): Promise<void>;
}

/**
 * Looks from now on at the images of every pod that the cluster admits and compares them with what the settings' mirror
 * holds once the closed list was pushed to it; undefined where the settings name no mirror.
 */
export async function watchEgress(
  kubeconfig: string,
  settings: Settings,
  signal: AbortSignal,
): Promise<ZeroEgress | undefined> {
  if (settings.airGap === undefined) return undefined;
  const { registry } = settings.airGap;
  const published = await objectsOf(settings, { signal });
  const listed = closedList(published, releases[settings.release.version].images);
  // There is always the administrator's, and one is like another.
  const profiles = settings.tenants.slice(0, 1);
  const sightings = new Sightings(contentsOf(listed, registry));
  const client = await Client.open(kubeconfig);
  const admission = await watchAdmission(client, (pod, namespace) => sightings.see(pod, namespace));
  let stopped: Promise<void> | undefined;
  return {
    async conclude() {
      // Of an earlier run on the same control plane, for instance.
      const { items } = await client.read<{ items: V1Pod[] }>("/api/v1/pods");
      for (const pod of items) await sightings.see(pod, pod.metadata?.namespace ?? "");
      for (const { name } of profiles) await admitEverythingMade(client, name);
      return sightings.check();
    },
    stop() {
      // Where the control plane is gone there is nothing to take away.
      stopped ??= admission.stop().then(
        () => client.close(),
        () => client.close(),
      );
      return stopped;
    },
  };
}
