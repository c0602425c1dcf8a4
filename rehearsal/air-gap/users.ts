import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../components/kit/errors.ts";
import { type KubernetesObject, objectId } from "../../components/kit/objects.ts";
import type { Client } from "../control-plane/client.ts";
import { everythingMade } from "./kinds/index.ts";
import { liveCluster } from "./live.ts";
import type { Made, PodImages } from "./made.ts";
import { MADE_FOR } from "./sightings.ts";

const PATIENCE_MS = 30_000;
const POLL_MS = 100;
/** Admitted by everything that admits objects, and then thrown away. */
const NOT_KEPT = "dryRun=All&fieldManager=rehearsal";

/**
 * Has the API server admit one of everything that users make in a profile, and the pods that controllers start for it,
 * without keeping any. Throws UserError where the profile has no namespace or an object is refused.
 */
export async function admitEverythingMade(client: Client, namespace: string): Promise<number> {
  await untilAccountIn(client, namespace);
  const made = await everythingMade(liveCluster(client), namespace);
  for (const one of made) await admitOne(client, one);
  return made.length;
}

async function admitOne(client: Client, { object, plural, pods }: Made): Promise<void> {
  const namespace = object.metadata.namespace ?? "";
  await refusing(object, () =>
    client.create(`/apis/${object.apiVersion}/namespaces/${namespace}/${plural}?${NOT_KEPT}`, object),
  );
  for (const [index, pod] of pods.entries()) {
    const body = podOf(pod, object, `${object.metadata.name}-${index}`);
    await refusing(object, () => client.create(`/api/v1/namespaces/${namespace}/pods?${NOT_KEPT}`, body));
  }
}

function podOf({ containers, init = {}, labels = {} }: PodImages, maker: KubernetesObject, name: string): object {
  const listed = (images: Readonly<Record<string, string>>) =>
    Object.entries(images).map(([container, image]) => ({ name: container, image }));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels, annotations: { [MADE_FOR]: objectId(maker) } },
    spec: { serviceAccountName: "default-editor", initContainers: listed(init), containers: listed(containers) },
  };
}

/** The profile controller makes the namespace and its accounts in its own time. */
async function untilAccountIn(client: Client, namespace: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default-editor`;
  while ((await client.find(path)) === undefined) {
    if (Date.now() > deadline) {
      throw new UserError(`the profile ${namespace} has no account default-editor after ${PATIENCE_MS / 1000} s`, {
        next: "run it again with --keep and look at the Profile: kubectl describe profile",
      });
    }
    await sleep(POLL_MS);
  }
}

async function refusing(maker: KubernetesObject, admit: () => Promise<unknown>): Promise<void> {
  try {
    await admit();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UserError(`what a user makes is refused: ${objectId(maker)}: ${message}`, { cause: error });
  }
}
