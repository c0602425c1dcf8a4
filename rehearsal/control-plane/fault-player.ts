import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "./client.ts";
import type { FaultPlan, Moment } from "./faults.ts";

const POLL_MS = 100;

/** What a plan can do to the API server. */
export interface Outage {
  begin(): Promise<void>;
  end(): Promise<void>;
}

/** Puts the obstacles of a plan into the cluster. */
export async function placeObstacles(client: Client, { obstacles = {} }: FaultPlan): Promise<void> {
  for (const [path, { object }] of Object.entries(obstacles)) {
    await client.patch(`${path}?fieldManager=faults&force=true`, "apply-patch", object);
  }
}

/** Does what the plan says, each at its moment, and returns when nothing is left to do. */
export async function playFaults(client: Client, plan: FaultPlan, outage: Outage): Promise<void> {
  const { obstacles = {}, restartApiServer } = plan;
  const removals = Object.entries(obstacles).map(async ([path, { until }]) => {
    if (until === undefined) return;
    await untilMoment(client, until);
    await untilDone(() => client.remove(path));
  });
  const restart = async () => {
    if (restartApiServer === undefined) return;
    await untilMoment(client, restartApiServer.at);
    await outage.begin();
    await sleep(restartApiServer.downSeconds * 1000);
    await outage.end();
  };
  await Promise.all([...removals, restart()]);
}

async function untilMoment(client: Client, { object, seconds }: Moment): Promise<void> {
  if (object !== undefined) await untilDone(async () => void (await client.read(object)));
  await sleep(seconds * 1000);
}

/** Repeats a request until it succeeds: the API server may be down, or the object not there yet. */
async function untilDone(request: () => Promise<void>): Promise<void> {
  for (;;) {
    const succeeded = await request().then(
      () => true,
      () => false,
    );
    if (succeeded) return;
    await sleep(POLL_MS);
  }
}
