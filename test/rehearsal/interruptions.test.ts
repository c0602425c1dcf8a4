import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RehearsalHome, summaryIn } from "../kit/rehearsal.ts";

const RUN = fileURLToPath(new URL("../../bin/run.mjs", import.meta.url));
let home: RehearsalHome;

beforeAll(async () => {
  home = await RehearsalHome.open();
});
afterAll(() => home.close());

/** Starts `rehearse dev` in a process group of its own and returns once its standard error shows `text`. */
async function startUntil(text: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [RUN, "rehearsal/cli.ts", "dev", "--json"], {
    env: { ...process.env, ...home.env },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  let seen = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes(text)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`ended with ${code} before "${text}":\n${seen}`)));
  });
  return child;
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", (code) => resolve(code)));
}

/** Command lines of processes that work in this test's folder or were told of it. */
async function processesOfHome(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (!environment.includes(`XDG_STATE_HOME=${home.directory}\0`)) continue;
    found.push((await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " "));
  }
  return found;
}

async function nothingIsLeft(): Promise<void> {
  await expect.poll(processesOfHome, { timeout: 20_000 }).toEqual([]);
  await expect.poll(() => home.rehearsals(), { timeout: 20_000 }).toEqual([]);
}

/** Far more than any of these takes: a hang must end as a failure. */
const BOUND = 180_000;

const moments = ["Control plane", "registered resources ready"];

describe.each(moments)('a rehearsal at the moment "%s"', (moment) => {
  it("ends on an interrupt with exit code 130 and leaves nothing", { timeout: BOUND }, async () => {
    const child = await startUntil(moment);
    child.kill("SIGINT");
    expect(await ended(child)).toBe(130);
    await nothingIsLeft();
  });

  it("leaves nothing when it is killed", { timeout: BOUND }, async () => {
    const child = await startUntil(moment);
    process.kill(-(child.pid ?? 0), "SIGKILL");
    expect(await ended(child)).toBeNull();
    await nothingIsLeft();
  });
});

it("two rehearsals at once do not touch each other", { timeout: BOUND }, async () => {
  const both = await Promise.all([home.run(["dev", "--json"]), home.run(["dev", "--json"])]);
  for (const one of both) expect(one.code, one.stderr).toBe(0);
  expect(new Set(both.map((one) => summaryIn(one).name)).size).toBe(2);
  await nothingIsLeft();
});
