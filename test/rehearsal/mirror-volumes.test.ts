import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeImage, makeIndex, noise, seed, sha256 } from "../kit/images.ts";
import { MirrorHome } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

const MB = 1_000_000;
/** Larger than a volume, so that it is in parts. */
const large = noise("large", 5 * MB);
const small = noise("small", 700_000);
const images = {
  single: makeImage([large, small]),
  multi: makeIndex([makeImage([small]), makeImage([noise("arm64", MB)], { architecture: "arm64" })]),
};

let home: MirrorHome;
let source: RunningRegistry;
let site: RunningRegistry;
let volumes: readonly string[];
let bundle: string;

beforeAll(async () => {
  [home, source, site] = await Promise.all([MirrorHome.open(), startRegistry(), startRegistry()]);
  for (const [name, image] of Object.entries(images)) await seed(source.origin, name, "v1", image);
  const list = home.path("images.txt");
  await writeFile(
    list,
    Object.keys(images)
      .map((name) => `${source.host}/${name}:v1`)
      .join("\n"),
  );
  const pulled = await home.run("pull", "-o", home.path("images"), "--images", list);
  expect(pulled.code, pulled.stderr).toBe(0);
  const args = ["export", home.path("images"), "-o", home.path("stick"), "--max-size", "3MB", "--json"];
  ({ volumes, bundle } = (await home.run(...args)).json<{ volumes: string[]; bundle: string }>());
  expect(volumes.length).toBe(3);
});
afterAll(() => Promise.all([home.close(), source.stop(), site.stop()]));

/** Copies of the volumes, the last byte of a layer that one of them has changed. */
async function spoilt(folder: string): Promise<string[]> {
  await mkdir(home.path(folder));
  const copies = volumes.map((volume) => home.path(folder, path.basename(volume)));
  for (const [index, volume] of volumes.entries()) {
    const content = await readFile(volume);
    const at = content.indexOf(small.subarray(1000, 1064));
    if (at >= 0) content[at] = (content[at] ?? 0) ^ 1;
    await writeFile(copies[index] ?? "", content);
  }
  return copies;
}

describe("archives of a bundle", () => {
  it("are pushed from where they lie, a blob in parts included, and need no disk for it", async () => {
    const to = `${site.host}/straight`;
    const pushed = await home.run("push", ...volumes.toReversed(), "--to", to, "--expect", bundle, "--json");
    expect(pushed.code, pushed.stderr).toBe(0);
    expect(pushed.json()).toMatchObject({ ok: true, images: 2 });
    const verified = await home.run("verify", to, "--layout", ...volumes, "--deep", "--json");
    expect(verified.code, verified.stderr).toBe(0);
    expect(verified.json()).toMatchObject({ ok: true, images: 2, bytes: pushed.json()["bytes"] });
    const again = await home.run("push", ...volumes, "--to", to, "--json");
    expect(again.json()).toMatchObject({ ok: true, images: 2, bytes: 0 });
  });

  it("are proved to be whole, read once", async () => {
    const verified = await home.run("verify", ...volumes, "--deep", "--expect", bundle, "--json");
    expect(verified.code, verified.stderr).toBe(0);
    const blobs = [large, small, noise("arm64", MB)].reduce((sum, { length }) => sum + length, 0);
    expect(verified.json<{ bytes: number }>().bytes).toBeGreaterThan(blobs);
  });

  it("that were changed on the way are found out by verify, and by the registry that they are pushed to", async () => {
    const changed = await spoilt("changed");
    const verified = await home.run("verify", ...changed, "--deep", "--json");
    expect(verified.code).toBe(4);
    expect(verified.json<{ failures: { code: string }[] }>().failures.map(({ code }) => code)).toContain("E_DIGEST");
    const pushed = await home.run("push", ...changed, "--to", `${site.host}/changed`, "--json");
    expect(pushed.code).toBe(4);
    expect(pushed.stderr).toContain(`blob ${sha256(small)} of`);
    expect(pushed.stderr).toContain("is damaged in");
  });

  it.each(["push", "verify", "import"])("of which one is missing are told so by %s, with its name", async (verb) => {
    const [first = "", second = "", third = ""] = volumes;
    const more = { push: ["--to", `${site.host}/part`], verify: [], import: ["-o", home.path("part")] }[verb] ?? [];
    const ended = await home.run(verb, first, third, ...more);
    expect(ended.code).toBe(4);
    const [line] = ended.stderr.split("\n").filter((one) => one.startsWith("E_VOLUME"));
    expect(line).toContain(path.basename(second));
    expect(line).not.toContain(path.basename(third));
  });

  it("are imported one by one as they come, in order", async () => {
    const folder = home.path("one-by-one");
    const [first = "", second = "", third = ""] = volumes;
    expect((await home.run("import", second, "-o", folder)).stderr).toContain("import the volume before it first");
    for (const volume of [first, second]) {
      const ended = await home.run("import", volume, "-o", folder);
      expect(ended.code, ended.stderr).toBe(4);
      expect(ended.stderr).toContain("what was given is taken in");
    }
    const last = await home.run("import", third, "-o", folder);
    expect(last.code, last.stderr).toBe(0);
    expect((await home.run("verify", folder, "--deep")).code).toBe(0);
  });

  it("of two bundles, or of another one than is expected, are refused", async () => {
    await writeFile(home.path("one.txt"), `${source.host}/single:v1`);
    await home.run("pull", "-o", home.path("one"), "--images", home.path("one.txt"));
    const other = await home.run("export", home.path("one"), "-o", home.path("other"), "--max-size", "3MB", "--json");
    const [, foreign = ""] = other.json<{ volumes: string[] }>().volumes;
    const [first = "", , third = ""] = volumes;
    const mixed = await home.run("push", first, foreign, third, "--to", `${site.host}/x`);
    expect(mixed.code).toBe(4);
    expect(mixed.stderr).toContain("are of different bundles");
    const unexpected = await home.run("push", ...volumes, "--to", `${site.host}/x`, "--expect", sha256("other"));
    expect(unexpected.code).toBe(4);
    expect(unexpected.stderr).toContain("expected is");
  });

  it("are not taken beside a folder", async () => {
    const ended = await home.run("push", home.path("images"), ...volumes, "--to", `${site.host}/x`);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("one folder, or from archives");
  });
});
