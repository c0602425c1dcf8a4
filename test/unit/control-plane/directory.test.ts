import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  checkedName,
  createDirectory,
  directoryOf,
  type KeeperRecord,
  readRecord,
  rehearsalsRoot,
  sweep,
} from "../../../rehearsal/control-plane/directory.ts";
import { identify } from "../../../rehearsal/control-plane/identity.ts";

let home: string;
const before = process.env["XDG_STATE_HOME"];

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "state-"));
  process.env["XDG_STATE_HOME"] = home;
});

afterEach(async () => {
  if (before === undefined) delete process.env["XDG_STATE_HOME"];
  else process.env["XDG_STATE_HOME"] = before;
  await rm(home, { recursive: true });
});

async function record(name: string, changes: Partial<KeeperRecord> = {}): Promise<KeeperRecord> {
  const keeper = await identify(process.pid);
  if (keeper === undefined) throw new Error("this process is not running");
  return { name, keeper, components: [], version: "", kept: false, ...changes };
}

const GONE = { pid: 2 ** 22 + 1, started: "long ago" };

describe("names", () => {
  it.each(["a", "dev-2", "0", "a".repeat(63)])("takes %s", (name) => {
    expect(checkedName(name)).toBe(name);
  });

  it.each(["", "-a", "a-", "A", "a.b", "a/b", "..", "a".repeat(64)])("refuses %j", (name) => {
    expect(() => checkedName(name)).toThrow(/cannot be the name of a rehearsal\n {2}Next: use lower-case letters/);
  });
});

describe("the directory", () => {
  it("comes with its record and is its owner's only", async () => {
    const written = await record("dev");
    const directory = await createDirectory(written);
    expect(directory).toBe(directoryOf("dev"));
    expect(await readRecord(directory)).toEqual(written);
    expect(await readdir(rehearsalsRoot())).toEqual(["dev"]);
  });

  it("is not made twice", async () => {
    await createDirectory(await record("dev"));
    await expect(createDirectory(await record("dev"))).rejects.toThrow(
      "a rehearsal named dev is there already\n  Next: npm run rehearse -- down dev",
    );
    expect(await readdir(rehearsalsRoot())).toEqual(["dev"]);
  });

  it("says where it cannot be made and where else it could be", async () => {
    await writeFile(path.join(home, "kubeflow-on-pulumi"), "in the way");
    await expect(createDirectory(await record("dev"))).rejects.toThrow(
      /folder of rehearsals .*rehearsals cannot be written\n {2}Next: .*XDG_STATE_HOME=/,
    );
  });
});

describe("sweeping", () => {
  it("keeps what lives and removes what is left", async () => {
    await createDirectory(await record("living"));
    await createDirectory(await record("left", { keeper: GONE, components: [{ ...GONE, component: "kwok" }] }));
    await mkdir(path.join(rehearsalsRoot(), "without-record"));
    expect((await sweep()).map(({ name }) => name)).toEqual(["living"]);
    expect(await readdir(rehearsalsRoot())).toEqual(["living"]);
  });

  it("leaves alone a process that only has the pid of the one recorded", async () => {
    const impostor = { pid: process.pid, started: "another time", component: "etcd" };
    await createDirectory(await record("left", { keeper: GONE, components: [impostor] }));
    await expect(sweep()).resolves.toEqual([]);
  });

  it("leaves alone what another command is creating", async () => {
    await mkdir(path.join(rehearsalsRoot(), ".new-abc"), { recursive: true });
    await sweep();
    expect(await readdir(rehearsalsRoot())).toEqual([".new-abc"]);
  });

  it("removes what a command that was killed was creating", async () => {
    await rename(
      await createDirectory(await record("left", { keeper: GONE })),
      path.join(rehearsalsRoot(), ".new-abc"),
    );
    expect(await sweep()).toEqual([]);
    expect(await readdir(rehearsalsRoot())).toEqual([]);
  });
});
