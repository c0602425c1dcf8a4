import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../components/kit/errors.ts";
import { FINALIZER } from "../../components/tenancy/profile-controller/objects.ts";
import { Client } from "../../rehearsal/control-plane/client.ts";
import { inspect } from "../../rehearsal/inspection.ts";
import type { Stored } from "../../rehearsal/stand-ins/store.ts";

const POLL_MS = 100;
const READY_MS = 300_000;

/** Until no workload is missing a pod. Throws UserError naming those that are after five minutes. */
export function untilAllReady(kubeconfig: string, signal: AbortSignal): Promise<void> {
  return untilNoneWaits(signal, async () => {
    const { workloads } = await inspect(kubeconfig);
    const waiting = workloads.filter(({ ready }) => !ready);
    if (workloads.length === 0) return ["any workload"];
    return waiting.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
  });
}

/**
 * Until the profile controller has done everything for so many Profiles. Throws UserError naming those for which it has
 * not after five minutes.
 */
export async function untilProfilesDone(kubeconfig: string, count: number, signal: AbortSignal): Promise<void> {
  const client = await Client.open(kubeconfig);
  try {
    await untilNoneWaits(signal, async () => {
      const { items } = await client.read<{ readonly items: readonly Stored[] }>("/apis/kubeflow.org/v1/profiles");
      const done = items.filter(({ metadata }) => metadata.finalizers?.includes(FINALIZER) === true);
      return done.length >= count ? [] : [`${count - done.length} of ${count} Profiles`];
    });
  } finally {
    await client.close();
  }
}

async function untilNoneWaits(signal: AbortSignal, waitingNow: () => Promise<readonly string[]>): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const waiting = await waitingNow();
    if (waiting.length === 0) return;
    if (Date.now() > deadline) throw new UserError(`not ready after five minutes: ${waiting.join(", ")}`);
    await sleep(POLL_MS, undefined, { signal });
  }
}
