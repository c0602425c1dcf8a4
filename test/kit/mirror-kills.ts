import { readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeImage, makeIndex, noise, seed } from "./images.ts";
import { bytesIn, bytesWritten, type Killed, killed } from "./kills.ts";
import { Meter } from "./meter.ts";
import { MirrorHome } from "./mirror.ts";
import { type RunningRegistry, startRegistry } from "./registry.ts";

const STREAMS = 4;
/** Bytes that a kill may cost a stream. */
const LOST = 2 * 1024 * 1024;
/** Bytes a second on one connection: what comes faster than it is taken waits in the system, and goes with the process. */
const LINE = 25e6;

/** The tests of verbs that are killed so many times each; `npm test` does it a few times, `npm run test:full` fifty. */
export function describeKills(times: number): void {
  let home: MirrorHome;
  let source: RunningRegistry;
  let site: RunningRegistry;
  let fromSource: Meter;
  let toSite: Meter;
  let list: string;

  beforeAll(async () => {
    [home, source, site] = await Promise.all([MirrorHome.open(), startRegistry(), startRegistry()]);
    [fromSource, toSite] = await Promise.all([Meter.before(source.host, LINE), Meter.before(site.host)]);
    const base = noise("base", 9_000_000);
    const references: string[] = [];
    for (let count = 0; count < 6; count++) {
      const image = makeImage([base, noise(`layer ${count}`, 12_000_000)]);
      const other = makeImage([noise(`other ${count}`, 4_000_000)], { architecture: "arm64" });
      await seed(source.origin, `image${count}`, "v1", count % 2 === 0 ? image : makeIndex([image, other]));
      references.push(`${fromSource.host}/image${count}:v1`);
    }
    list = home.path("images.txt");
    await writeFile(list, references.join("\n"));
    const pulled = await home.run("pull", "-o", home.path("whole"), "--images", list);
    expect(pulled.code, pulled.stderr).toBe(0);
    const exported = await home.run("export", home.path("whole"), "-o", home.path("stick"), "--max-size", "40MB");
    expect(exported.code, exported.stderr).toBe(0);
  });
  afterAll(async () => {
    await Promise.all([fromSource.close(), toSite.close()]);
    await Promise.all([home.close(), source.stop(), site.stop()]);
  });

  const isWhole = async (folder: string) => {
    const verified = await home.run("verify", folder, "--images", list, "--deep");
    expect(verified.code, verified.stderr).toBe(0);
    expect((await readdir(`${folder}/blobs/sha256`)).filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([]);
  };

  /** A verb that writes to a folder, which is emptied where it begins anew; what it writes is counted by the system. */
  const writing = (folder: string, ...args: readonly string[]) => ({
    args: () => args,
    fresh: () => rm(folder, { recursive: true, force: true }),
    scale: { moved: bytesWritten, kept: () => bytesIn(folder) },
  });

  const expectLittleLost = ({ last, lost, again }: Killed, streams: number) => {
    expect(last.code, last.stderr).toBe(0);
    expect(again.length).toBeGreaterThan(0);
    expect(Math.max(...lost)).toBeLessThanOrEqual(streams * LOST);
    expect(Math.max(...again)).toBeLessThanOrEqual(streams * LOST);
  };

  describe(`killed ${times} times at random moments`, () => {
    it("a pull is completed by the next one, which fetches at most 2 MiB of each stream again", async () => {
      const folder = home.path("pulled");
      const moved = async () => {
        await fromSource.isQuiet();
        return fromSource.received;
      };
      const verb = writing(folder, "pull", "-o", folder, "--images", list);
      const fared = await killed(home, times, { ...verb, scale: { ...verb.scale, moved } });
      expect(fared.kills).toBe(times);
      expectLittleLost(fared, STREAMS);
      await isWhole(folder);
    });

    it("an export is completed by the next one, to the same bytes, at most 2 MiB of them written again", async () => {
      const folder = home.path("exported");
      const verb = writing(folder, "export", home.path("whole"), "-o", folder, "--max-size", "40MB");
      const fared = await killed(home, times, verb);
      expect(fared.kills).toBe(times);
      expectLittleLost(fared, 1);
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

    it("an import is completed by the next one, which writes at most 2 MiB again", async () => {
      const folder = home.path("imported");
      const volumes = (await readdir(home.path("stick"))).filter((name) => name.endsWith(".tar"));
      const paths = volumes.map((name) => home.path("stick", name));
      const fared = await killed(home, times, writing(folder, "import", ...paths, "-o", folder));
      expect(fared.kills).toBe(times);
      expectLittleLost(fared, 1);
      await isWhole(folder);
    });

    it("a push is completed by the next one, which sends at most 2 MiB of each stream again", async () => {
      let round = 0;
      const to = () => `${toSite.host}/round${round}`;
      const verb = {
        args: () => ["push", home.path("whole"), "--to", to()],
        fresh: async () => {
          await rm(path.join(site.storage, "docker"), { recursive: true, force: true });
          round += 1;
        },
        scale: {
          moved: async () => {
            await toSite.isQuiet();
            return toSite.sent;
          },
          // Of blobs, manifests and unfinished uploads alike.
          kept: () => bytesIn(site.storage, (name) => name === "data"),
        },
      };
      const fared = await killed(home, times, verb);
      expect(fared.kills).toBe(times);
      expectLittleLost(fared, STREAMS);
      const verified = await home.run("verify", to(), "--layout", home.path("whole"), "--deep");
      expect(verified.code, verified.stderr).toBe(0);
    });
  });
}
