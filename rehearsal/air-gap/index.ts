import type { V1Pod } from "@kubernetes/client-node";
import { releases } from "../../components/kubeflow/releases/index.ts";
import { besides } from "./contents.ts";
import { closedList, type ListedImage } from "../../components/mirror/list/closed-list.ts";
import { objectsOf } from "../../components/mirror/list/program.ts";
import type { Settings } from "../../components/settings/parse.ts";
import { Client } from "../control-plane/client.ts";
import { watchAdmission } from "./admission.ts";
import { rehearsedMirror } from "./mirror.ts";
import { type ImageCheck, Sightings } from "./sightings.ts";
import { admitEverythingMade } from "./users.ts";

export type { ImageCheck } from "./sightings.ts";

/** A check, under way, that nothing is pulled from anywhere but the mirror. */
export interface ZeroEgress {
  /** Adds what runs already and what users make to what was installed, and says what was seen. */
  conclude(): Promise<ImageCheck>;
  stop(): Promise<void>;
}

export interface EgressOptions {
  readonly settings: Settings;
  readonly kubeconfig: string;
  /** The program `registry`, and a folder for its files. */
  readonly registry: { readonly binary: string; readonly folder: string };
  /** What the mirror holds, by the names under which it is published; undefined: the closed list of the settings. */
  readonly held?: readonly string[] | undefined;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Looks from now on at the images of every pod that the cluster admits and asks a real registry for them, into which
 * what the settings' mirror holds was pushed.
 */
export async function watchEgress(options: EgressOptions): Promise<ZeroEgress> {
  const { settings, held, report, signal } = options;
  const registry = settings.airGap?.registry ?? "";
  const references = held ?? (await listOf(settings, signal)).map(({ reference }) => reference);
  const mirror = await rehearsedMirror({ ...options.registry, registry, references, report, signal });
  // There is always the administrator's, and one is like another.
  const profiles = settings.tenants.slice(0, 1);
  const sightings = new Sightings(besides(mirror, toTrustBy(settings)));
  const client = await Client.open(options.kubeconfig);
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
      stopped ??= admission
        .stop()
        .catch(() => undefined)
        .then(() => Promise.all([client.close(), mirror.stop()]))
        .then(() => undefined);
      return stopped;
    },
  };
}

/** What makes nodes trust the mirror may come from where they need no trust. */
function toTrustBy({ airGap }: Settings): readonly string[] {
  return airGap?.nodes?.image === undefined ? [] : [airGap.nodes.image];
}

async function listOf(settings: Settings, signal: AbortSignal): Promise<readonly ListedImage[]> {
  const published = await objectsOf(settings, { signal });
  return closedList(published, releases[settings.release.version].images);
}
