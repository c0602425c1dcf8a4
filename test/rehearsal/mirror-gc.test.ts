import { readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeImage, makeIndex, noise, seed } from "../kit/images.ts";
import { MirrorHome } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

const base = noise("base", 20_000);
const own = noise("own", 30_000);
const amd64 = makeImage([noise("amd64", 1000)]);
const arm64 = makeImage([noise("arm64", 2000)], { architecture: "arm64" });

let home: MirrorHome;
let registry: RunningRegistry;
let folder: string;
let blobs: string;

beforeAll(async () => {
  [home, registry] = await Promise.all([MirrorHome.open(), startRegistry()]);
  folder = home.path("images");
  blobs = path.join(folder, "blobs", "sha256");
  await seed(registry.origin, "kept", "v1", makeImage([base]));
  await seed(registry.origin, "left", "v1", makeImage([base, own]));
  await seed(registry.origin, "multi", "v1", makeIndex([amd64, arm64]));
  const list = home.path("list.txt");
  await writeFile(list, ["kept", "left", "multi"].map((name) => `${registry.host}/${name}:v1\n`).join(""));
  const pulled = await home.run("pull", "-o", folder, "--images", list, "--platform", "linux/amd64");
  expect(pulled.code, pulled.stderr).toBe(0);
});
afterAll(() => Promise.all([home.close(), registry.stop()]));

const gc = (...more: readonly string[]) => home.run("gc", folder, "--json", ...more);

async function unlist(reference: string): Promise<void> {
  const file = path.join(folder, "index.json");
  const index = JSON.parse(await readFile(file, "utf8")) as { manifests: { annotations: Record<string, string> }[] };
  const manifests = index.manifests.filter(({ annotations }) => !Object.values(annotations).includes(reference));
  await writeFile(file, JSON.stringify({ ...index, manifests }));
}

describe("what a folder holds beside its images", () => {
  it("is nothing after a pull, the index that a platform was chosen from counted in", async () => {
    expect((await gc("--older-than", "1s")).json()).toMatchObject({ ok: true, files: 0, fresh: 0 });
  });

  it("is told first and removed only when it is asked for, and what is new stays", async () => {
    await unlist(`${registry.host}/left:v1`);
    await writeFile(path.join(blobs, `${"a".repeat(64)}.partial`), "begun");
    const before = (await readdir(blobs)).length;
    // Manifest, configuration and one layer; the other one is another image's, too.
    expect((await gc()).json()).toMatchObject({ files: 0, removed: false, fresh: 4 });
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    for (const name of await readdir(blobs)) await utimes(path.join(blobs, name), yesterday, yesterday);
    await writeFile(path.join(blobs, `${"b".repeat(64)}.partial`), "going on");
    const told = await gc();
    expect(told.json()).toMatchObject({ files: 4, removed: false, fresh: 1 });
    expect(told.json<{ bytes: number }>().bytes).toBeGreaterThan(own.length);
    expect((await readdir(blobs)).length).toBe(before + 1);
    expect((await gc("--delete")).json()).toMatchObject({ files: 4, removed: true });
    expect((await readdir(blobs)).length).toBe(before + 1 - 4);
    expect((await home.run("verify", folder, "--deep")).code).toBe(0);
  });

  it("is not known where an image is not whole", async () => {
    const [name = ""] = await readdir(blobs);
    await rm(path.join(blobs, name));
    const ended = await gc("--delete");
    expect(ended.code).toBe(4);
    expect(ended.json()).toMatchObject({ ok: false, error: { code: "E_MISSING" } });
  });

  it("is not looked for in a folder that is no layout", async () => {
    const ended = await home.run("gc", home.path("nothing"));
    expect(ended.code).toBe(4);
    expect(await readdir(home.folder)).not.toContain("nothing");
  });
});
