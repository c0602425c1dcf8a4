import { setTimeout as sleep } from "node:timers/promises";
import type { MirrorHome, MirrorRun } from "./mirror.ts";

/** How a verb fared that was killed again and again. */
export interface Killed {
  /** How often it was killed before it was done. */
  readonly kills: number;
  readonly last: MirrorRun;
}

/**
 * Runs a verb and kills it at a random moment, each time a new run on what the last one left, until it was killed so
 * often; then lets it end. `fresh` makes it begin anew where it was done before it was killed.
 */
export async function killed(
  home: MirrorHome,
  times: number,
  args: () => readonly string[],
  fresh: () => Promise<void>,
): Promise<Killed> {
  const whole = await timed(() => home.run(...args()));
  if (whole.result.code !== 0) return { kills: 0, last: whole.result };
  let kills = 0;
  await fresh();
  while (kills < times) {
    const run = home.start(...args());
    const isOver = await Promise.race([
      run.ended.then(() => true),
      sleep(Math.random() * whole.milliseconds).then(() => false),
    ]);
    if (isOver) {
      await fresh();
      continue;
    }
    run.child.kill("SIGKILL");
    const { code } = await run.ended;
    if (code === 137) kills += 1;
    // Every third time from nothing: early moments count as much as late ones.
    if (kills % 3 === 0) await fresh();
  }
  return { kills, last: await home.run(...args()) };
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly milliseconds: number }> {
  const began = performance.now();
  return { result: await work(), milliseconds: performance.now() - began };
}
