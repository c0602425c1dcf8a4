import { readdir, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeImage, makeIndex, noise, seed } from "./images.ts";
import { killed } from "./kills.ts";
import { MirrorHome } from "./mirror.ts";
import { type RunningRegistry, startRegistry } from "./registry.ts";

/** The tests of verbs that are killed so many times each; `npm test` does it a few times, `npm run test:full` fifty. */
export function describeKills(times: number): void {
  let home: MirrorHome;
  let source: RunningRegistry;
  let site: RunningRegistry;
  let list: string;

  beforeAll(async () => {
    [home, source, site] = await Promise.all([MirrorHome.open(), startRegistry(), startRegistry()]);
    const base = noise("base", 9_000_000);
    const references: string[] = [];
    for (let count = 0; count < 6; count++) {
      const image = makeImage([base, noise(`layer ${count}`, 12_000_000)]);
      const other = makeImage([noise(`other ${count}`, 4_000_000)], { architecture: "arm64" });
      await seed(source.origin, `image${count}`, "v1", count % 2 === 0 ? image : makeIndex([image, other]));
      references.push(`${source.host}/image${count}:v1`);
    }
    list = home.path("images.txt");
    await writeFile(list, references.join("\n"));
    const pulled = await home.run("pull", "-o", home.path("whole"), "--images", list);
    expect(pulled.code, pulled.stderr).toBe(0);
    const exported = await home.run("export", home.path("whole"), "-o", home.path("stick"), "--max-size", "40MB");
    expect(exported.code, exported.stderr).toBe(0);
  });
  afterAll(() => Promise.all([home.close(), source.stop(), site.stop()]));

  const isWhole = async (folder: string) => {
    const verified = await home.run("verify", folder, "--images", list, "--deep");
    expect(verified.code, verified.stderr).toBe(0);
    expect((await readdir(`${folder}/blobs/sha256`)).filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([]);
  };

  describe(`killed ${times} times at random moments`, () => {
    it("a pull is completed by the next one", async () => {
      const folder = home.path("pulled");
      const { kills, last } = await killed(
        home,
        times,
        () => ["pull", "-o", folder, "--images", list],
        () => rm(folder, { recursive: true, force: true }),
      );
      expect(last.code, last.stderr).toBe(0);
      expect(kills).toBe(times);
      await isWhole(folder);
    });

    it("an export is completed by the next one, to the same bytes", async () => {
      const folder = home.path("exported");
      const args = ["export", home.path("whole"), "-o", folder, "--max-size", "40MB"];
      const { kills, last } = await killed(
        home,
        times,
        () => args,
        () => rm(folder, { recursive: true, force: true }),
      );
      expect(last.code, last.stderr).toBe(0);
      expect(kills).toBe(times);
      const files = async (of: string) => (await readdir(of)).sort();
      expect(await files(folder)).toEqual(await files(home.path("stick")));
      const volumes = (await files(folder)).filter((name) => name.endsWith(".tar"));
      const imported = await home.run(
        "import",
        ...volumes.map((name) => `${folder}/${name}`),
        "-o",
        home.path("from-exported"),
      );
      expect(imported.code, imported.stderr).toBe(0);
      await isWhole(home.path("from-exported"));
    });

    it("an import is completed by the next one", async () => {
      const folder = home.path("imported");
      const volumes = (await readdir(home.path("stick"))).filter((name) => name.endsWith(".tar"));
      const args = ["import", ...volumes.map((name) => home.path("stick", name)), "-o", folder];
      const { kills, last } = await killed(
        home,
        times,
        () => args,
        () => rm(folder, { recursive: true, force: true }),
      );
      expect(last.code, last.stderr).toBe(0);
      expect(kills).toBe(times);
      await isWhole(folder);
    });

    it("a push is completed by the next one", async () => {
      let round = 0;
      const to = () => `${site.host}/round${round}`;
      const { kills, last } = await killed(
        home,
        times,
        () => ["push", home.path("whole"), "--to", to()],
        () => {
          round += 1;
          return Promise.resolve();
        },
      );
      expect(last.code, last.stderr).toBe(0);
      expect(kills).toBe(times);
      const verified = await home.run("verify", to(), "--layout", home.path("whole"), "--deep");
      expect(verified.code, verified.stderr).toBe(0);
    });
  });
}
