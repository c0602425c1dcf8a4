import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client } from "../../rehearsal/control-plane/client.ts";
import {
  createDirectory,
  directoryOf,
  kubeconfigOf,
  type KeeperRecord,
  readRecord,
  rehearsalsRoot,
} from "../../rehearsal/control-plane/directory.ts";
import { identify, isAlive, sendSignal } from "../../rehearsal/control-plane/identity.ts";
import { attach, type Binaries, COMPONENTS, kept, remove, start } from "../../rehearsal/control-plane/index.ts";
import { obtain } from "../../toolchain/index.ts";
import { nothingLeft, recordOf, until } from "../kit/control-plane.ts";
import { RehearsalHome } from "../kit/rehearsal.ts";

const HOLDER = fileURLToPath(new URL("../fixtures/hold-control-plane.ts", import.meta.url));
const KEEPER = fileURLToPath(new URL("../../rehearsal/control-plane/keeper-process.ts", import.meta.url));
let home: RehearsalHome;
let binaries: Binaries;

beforeAll(async () => {
  home = await RehearsalHome.open();
  home.moveIn();
  binaries = await obtain([...COMPONENTS]);
});
afterAll(() => home.close());

async function hold(name: string, ...more: string[]): Promise<{ command: ChildProcess; record: KeeperRecord }> {
  const command = spawn(process.execPath, [HOLDER, name, JSON.stringify(binaries), ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(command.stdout, "data");
  return { command, record: await recordOf(name) };
}

it("a keeper whose command went before it was there removes the directory", async () => {
  const keeper = await identify(process.pid);
  if (keeper === undefined) throw new Error("this process cannot be identified");
  const cwd = await createDirectory({ name: "early", keeper, components: [], version: "", kept: false });
  const child = spawn(process.execPath, [KEEPER], { cwd, stdio: ["ignore", "ignore", "ignore", "ipc"] });
  child.disconnect();
  await once(child, "exit");
  expect(await home.rehearsals()).toEqual([]);
});

describe("a kept control plane", () => {
  it("outlives its command and is found again", async () => {
    const { command } = await hold("kept", "keep");
    await until(async () => (await recordOf("kept")).kept, "it was kept");
    command.kill("SIGKILL");
    await once(command, "exit");
    const record = await recordOf("kept");
    expect(await kept()).toEqual([
      { name: "kept", version: "1.34.4", directory: directoryOf("kept"), kubeconfig: kubeconfigOf("kept") },
    ]);
    const attached = await attach("kept");
    const client = await Client.open(attached.kubeconfig);
    expect(await client.text("/readyz")).toBe("ok");
    await client.close();
    await expect(attach("other")).rejects.toThrow(
      "there is no kept rehearsal named other\n  Next: use one of those that were kept: kept",
    );
    await remove("kept");
    expect(await nothingLeft(record)).toBe(true);
    await expect(remove("kept")).rejects.toThrow(/no kept rehearsal named kept\n {2}Next: keep one/);
  });
});

describe("when a process is killed", () => {
  it("an interrupted command leaves nothing", async () => {
    const { command, record } = await hold("interrupted");
    command.kill("SIGINT");
    expect(await once(command, "exit")).toEqual([130, null]);
    expect(await nothingLeft(record)).toBe(true);
  });

  it("a command interrupted while it starts leaves nothing", async () => {
    const command = spawn(process.execPath, [HOLDER, "early", JSON.stringify(binaries)], { stdio: "ignore" });
    await until(async () => ((await readRecord(directoryOf("early")))?.components.length ?? 0) >= 2, "it began");
    const record = await recordOf("early");
    command.kill("SIGINT");
    await once(command, "exit");
    expect(await readdir(rehearsalsRoot())).toEqual([]);
    for (const identity of [record.keeper, ...record.components]) expect(await isAlive(identity)).toBe(false);
  });

  it("a killed command leaves nothing", async () => {
    const { command, record } = await hold("killed");
    command.kill("SIGKILL");
    await expect(nothingLeft(record)).resolves.toBe(true);
  });

  it("a killed keeper leaves nothing, and the command is told", async () => {
    const controlPlane = await start({ name: "orphaned", binaries });
    const record = await recordOf("orphaned");
    const lost = new Promise<Error>((resolve) => controlPlane.onLost(resolve));
    sendSignal(record.keeper.pid, "SIGKILL");
    expect((await lost).message).toContain("the keeper of the control plane ended unexpectedly (SIGKILL)");
    expect(await nothingLeft(record)).toBe(true);
  });

  it("what is left when both are killed at once goes with the next start", async () => {
    const { command, record } = await hold("both");
    sendSignal(-record.keeper.pid, "SIGSTOP");
    command.kill("SIGKILL");
    await once(command, "exit");
    sendSignal(record.keeper.pid, "SIGKILL");
    await until(async () => !(await isAlive(record.keeper)), "the keeper ended");
    expect(await readdir(rehearsalsRoot())).toEqual(["both"]);
    expect(await kept()).toEqual([]);
    expect(await nothingLeft(record)).toBe(true);
  });

  it("a component that ends takes the rest along, and its log is saved", async () => {
    const controlPlane = await start({ name: "broken", binaries });
    const record = await recordOf("broken");
    const lost = new Promise<Error>((resolve) => controlPlane.onLost(resolve));
    sendSignal(record.components.find(({ component }) => component === "kube-scheduler")?.pid ?? 0, "SIGKILL");
    const { message } = await lost;
    expect(message).toMatch(
      /kube-scheduler ended in the middle of the rehearsal \(SIGKILL\)\n {2}The end of its log:\n/,
    );
    const log = /read the whole log: (.*)$/m.exec(message)?.[1] ?? "";
    expect((await readFile(log, "utf8")).length).toBeGreaterThan(0);
    expect(await nothingLeft(record)).toBe(true);
  });
});
