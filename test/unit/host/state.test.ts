import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ResourceState } from "../../../rehearsal/host/resources.ts";
import { fileState } from "../../../rehearsal/host/state.ts";
import { Secret } from "../../../rehearsal/host/values.ts";

const resource: ResourceState = {
  urn: "urn:pulumi:s::p::a:b:C::x",
  type: "a:b:C",
  name: "x",
  custom: true,
  id: "id",
  inputs: { password: new Secret("hunter2"), size: 3 },
  outputs: { password: new Secret("hunter2") },
  dependencies: [],
  propertyDependencies: {},
  options: { protect: true },
};

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "state-"));
  file = path.join(directory, "deep", "state");
});
afterEach(() => rm(directory, { recursive: true }));

describe("the state file", () => {
  it("is empty before the first run", async () => {
    await expect(fileState(file).load()).resolves.toEqual({ resources: [] });
  });

  it("gives back what was saved, secrets wrapped", async () => {
    await fileState(file).save({ resources: [resource] });
    await expect(fileState(file).load()).resolves.toEqual({ resources: [resource] });
  });

  it("holds nothing in clear text and is readable by its owner alone", async () => {
    await fileState(file).save({ resources: [resource] });
    expect((await readFile(file)).includes("hunter2")).toBe(false);
    expect((await readFile(file)).includes("urn:pulumi")).toBe(false);
    const modes = await Promise.all([file, `${file}.key`].map(async (name) => (await stat(name)).mode & 0o777));
    expect(modes).toEqual([0o600, 0o600]);
  });

  it("leaves no drafts behind", async () => {
    const state = fileState(file);
    await state.save({ resources: [] });
    await state.save({ resources: [resource] });
    expect((await readdir(path.dirname(file))).toSorted()).toEqual(["state", "state.key"]);
  });

  it("is refused with another key, without its key, or damaged", async () => {
    await fileState(file).save({ resources: [resource] });
    const content = await readFile(file);
    await writeFile(`${file}.key`, Buffer.alloc(32));
    await expect(fileState(file).load()).rejects.toThrow("is damaged or was written with another key");
    await rm(`${file}.key`);
    await expect(fileState(file).load()).rejects.toThrow("the key of the state is missing or damaged");
    await fileState(file).save({ resources: [resource] });
    await writeFile(file, content.subarray(0, -1));
    await expect(fileState(file).load()).rejects.toThrow("is damaged or was written with another key");
    await writeFile(file, "something else");
    await expect(fileState(file).load()).rejects.toThrow("is not a state file of a rehearsal");
  });

  it("that cannot be written says where", async () => {
    await writeFile(path.join(directory, "deep"), "a file where a folder should be");
    await expect(fileState(file).save({ resources: [] })).rejects.toThrow(`cannot be read from ${file}.key: ENOTDIR`);
  });
});
