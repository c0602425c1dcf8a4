import { once } from "node:events";
import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { hashSync } from "bcryptjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeImage, noise, seed } from "../kit/images.ts";
import { MirrorHome, type MirrorRun } from "../kit/mirror.ts";
import { freePort, type RunningRegistry, startRegistry } from "../kit/registry.ts";

const PAGE = fileURLToPath(new URL("../../docs/air-gapped.md", import.meta.url));

let home: MirrorHome;
let registry: RunningRegistry;
let closed: RunningRegistry;
let gone: string;
let silent: string;

beforeAll(async () => {
  const accounts = `robot:${hashSync("right", 4).replace(/^\$2[ab]/, "$2y")}\n`;
  [home, registry, closed] = await Promise.all([MirrorHome.open(), startRegistry(), startRegistry({ accounts })]);
  await seed(registry.origin, "app", "v1", makeImage([noise("app", 10_000)]));
  [gone, silent] = [`${registry.host}/gone:v1`, `127.0.0.1:${await freePort()}/app:v1`];
  const auths = { [closed.host]: { auth: Buffer.from("robot:wrong").toString("base64") } };
  await mkdir(home.path(".docker"));
  await writeFile(home.path(".docker", "config.json"), JSON.stringify({ auths }));
});
afterAll(() => Promise.all([home.close(), registry.stop(), closed.stop()]));

let lists = 0;

/** The arguments that pull these images into a folder. */
async function pulling(folder: string, ...references: readonly string[]): Promise<string[]> {
  const list = home.path(`list-${lists++}.txt`);
  await writeFile(list, references.join("\n"));
  return ["pull", "-o", folder, "--images", list];
}

const pull = async (folder: string, ...references: readonly string[]): Promise<MirrorRun> =>
  home.run(...(await pulling(home.path(folder), ...references)));

/** A run for each exit code, in the words of the page. */
const RUNS: Readonly<Record<number, readonly [string, () => Promise<MirrorRun>]>> = {
  0: ["everything is there", () => pull("whole", `${registry.host}/app:v1`)],
  2: ["usage", () => home.run("pull", "--images", home.path("nothing.txt"))],
  3: ["for reasons of several kinds", () => pull("mixed", gone, silent, `${registry.host}/app:v1`)],
  4: [
    "cut off",
    async () => {
      await pull("cut", `${registry.host}/app:v1`);
      const blobs = home.path("cut", "blobs", "sha256");
      for (const name of await readdir(blobs)) await truncate(path.join(blobs, name), 10);
      return home.run("verify", home.path("cut"));
    },
  ],
  5: ["not accepted", () => pull("closed", `${closed.host}/app:v1`)],
  6: ["network", () => pull("silent", silent)],
  7: [
    "disk",
    async () => {
      await writeFile(home.path("file"), "");
      return home.run(...(await pulling(home.path("file", "below"), `${registry.host}/app:v1`)));
    },
  ],
  8: ["gone", () => pull("gone", gone)],
  130: [
    "interrupted",
    async () => {
      const { child, ended } = home.start(...(await pulling(home.path("interrupted"), silent)));
      if (child.stderr !== null) await once(child.stderr, "data");
      child.kill("SIGINT");
      return ended;
    },
  ],
};

describe("the exit codes of the mirror", () => {
  it.each(Object.entries(RUNS))("%s", async (code, [, act]) => {
    const { code: ended, stderr } = await act();
    expect(ended, stderr).toBe(Number(code));
  });

  it("are those of the page, in its words", async () => {
    const rows = [...(await readFile(PAGE, "utf8")).matchAll(/^\| +(\d+) \| (.*?) +\|$/gm)];
    expect(rows.map(([, code]) => Number(code))).toEqual(Object.keys(RUNS).map(Number));
    for (const [, code, meaning] of rows) expect(meaning).toContain(RUNS[Number(code)]?.[0]);
  });

  it("are never 0 where an image failed, even where others arrived", async () => {
    const ended = await home.run(...(await pulling(home.path("some"), gone, `${registry.host}/app:v1`)), "--json");
    expect(ended.code).toBe(8);
    expect(ended.json()).toMatchObject({ ok: false, images: 1, failures: [{ reference: gone }] });
  });
});
