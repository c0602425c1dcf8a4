import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { directoryOf, type KeeperRecord, readRecord, rehearsalsRoot } from "../../rehearsal/control-plane/directory.ts";
import { isAlive } from "../../rehearsal/control-plane/identity.ts";
import { COMPONENTS } from "../../rehearsal/control-plane/index.ts";

/** Waits for a minute. `what` is what would have happened. */
export async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error(`in a minute it did not happen that ${what}`);
}

/** What the keeper of a control plane has written down. */
export async function recordOf(name: string): Promise<KeeperRecord> {
  const record = await readRecord(directoryOf(name));
  if (record === undefined) throw new Error(`${name} has no record`);
  return record;
}

/** Whether a whole control plane was recorded and no process of it and no directory is left. */
export async function nothingLeft(record: KeeperRecord): Promise<boolean> {
  await until(async () => !(await readdir(rehearsalsRoot())).includes(record.name), "the directory went");
  for (const identity of [record.keeper, ...record.components]) {
    await until(async () => !(await isAlive(identity)), `process ${identity.pid} ended`);
  }
  return record.components.length === COMPONENTS.length;
}

/** Whether the API server refuses to create an object; one that is there already it had not refused. */
export async function refuses(request: Promise<unknown>): Promise<boolean> {
  return request.then(
    () => false,
    (error: unknown) => {
      if (error instanceof Error && /already exists/.test(error.message)) return false;
      return true;
    },
  );
}
