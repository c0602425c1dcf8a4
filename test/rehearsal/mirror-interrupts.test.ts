import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hashSync } from "bcryptjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MirrorHome, type RunningMirror } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

/** Signals closer to each other than 250 ms are of one interrupt. */
const NEXT_INTERRUPT_MS = 400;

let home: MirrorHome;
let registry: RunningRegistry;

/** Takes its time, at least 20 s, to give credentials; it ends early where the folder of its run goes. */
const HELPER = `#!/bin/sh
touch "$WAITING/asked"
for _ in $(seq 1000); do [ -d "$WAITING" ] || exit; sleep 0.02; done
touch "$WAITING/answered"
echo '{"Username":"robot","Secret":"right"}'
`;

beforeAll(async () => {
  const accounts = `robot:${hashSync("right", 4).replace(/^\$2[ab]/, "$2y")}\n`;
  [home, registry] = await Promise.all([MirrorHome.open(), startRegistry({ accounts })]);
  await Promise.all(["bin", ".docker"].map((folder) => mkdir(home.path(folder))));
  await writeFile(home.path("bin", "docker-credential-waiting"), HELPER, { mode: 0o755 });
  await writeFile(home.path(".docker", "config.json"), JSON.stringify({ credsStore: "waiting" }));
  await writeFile(home.path("images.txt"), `${registry.host}/app:v1`);
});
afterAll(() => Promise.all([home.close(), registry.stop()]));

/** A pull that waits for credentials; `folder` is where its helper tells what it does. */
async function startWaiting(folder: string): Promise<RunningMirror> {
  await mkdir(folder);
  const env = { PATH: `${home.path("bin")}:${process.env["PATH"]}`, WAITING: folder };
  const running = home.with(env).start("pull", "-o", path.join(folder, "images"), "--images", home.path("images.txt"));
  await expect.poll(() => existsSync(path.join(folder, "asked")), { timeout: 20_000 }).toBe(true);
  return running;
}

/** Sends a signal and waits until the run tells that it stops, or has ended. */
async function interrupt({ child, ended }: RunningMirror, signal: NodeJS.Signals): Promise<void> {
  const told = new Promise<void>((resolve) => {
    child.stderr?.on("data", (chunk: Buffer) => chunk.includes("Stopping; what is there stays.") && resolve());
  });
  child.kill(signal);
  await Promise.race([told, ended]);
}

describe("an interrupted run", () => {
  it.each<[NodeJS.Signals, NodeJS.Signals]>([
    ["SIGINT", "SIGINT"],
    ["SIGTERM", "SIGINT"],
    ["SIGINT", "SIGTERM"],
  ])("lets what it began end after %s, and ends at once with %s after it", async (first, second) => {
    const folder = home.path(`${first}-${second}`);
    const running = await startWaiting(folder);
    await interrupt(running, first);
    await sleep(NEXT_INTERRUPT_MS);
    expect(running.child.exitCode).toBeNull();
    running.child.kill(second);
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(130);
    expect(stderr.match(/Stopping/g)).toHaveLength(1);
    expect(existsSync(path.join(folder, "answered"))).toBe(false);
  });
});
