import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RehearsalHome, summaryIn } from "../kit/rehearsal.ts";

let home: RehearsalHome;

beforeAll(async () => {
  home = await RehearsalHome.open();
});
afterAll(() => home.close());

/** Killed while it makes the directory, a command leaves a draft of it, which the next one removes. */
async function controlPlanes(): Promise<string[]> {
  return (await home.rehearsals()).filter((name) => !name.startsWith(".new-"));
}

/** Expects no process and no control plane of this file's home. */
async function nothingIsLeft(): Promise<void> {
  await expect.poll(() => home.processes(), { timeout: 20_000 }).toEqual([]);
  await expect.poll(controlPlanes, { timeout: 20_000 }).toEqual([]);
}

/** Far more than any of these takes: a hang must end as a failure. */
const BOUND = 180_000;

const moments = ["Control plane", "registered resources ready"];

describe.each(moments)('a rehearsal at the moment "%s"', (moment) => {
  it("ends on an interrupt with exit code 130 and leaves nothing", { timeout: BOUND }, async () => {
    const rehearsal = home.start(["dev", "--json"]);
    await rehearsal.shows(moment);
    rehearsal.interrupt();
    expect(await rehearsal.ended()).toMatchObject({ code: 130 });
    await nothingIsLeft();
  });

  it("leaves nothing when it is killed", { timeout: BOUND }, async () => {
    const rehearsal = home.start(["dev", "--json"]);
    await rehearsal.shows(moment);
    await rehearsal.kill();
    await nothingIsLeft();
    expect(await controlPlanes()).toEqual([]);
  });
});

it("two rehearsals at once do not touch each other", { timeout: BOUND }, async () => {
  const both = await Promise.all([home.run(["dev", "--json"]), home.run(["dev", "--json"])]);
  for (const one of both) expect(one.code, one.stderr).toBe(0);
  expect(new Set(both.map((one) => summaryIn(one).name)).size).toBe(2);
  await nothingIsLeft();
});
