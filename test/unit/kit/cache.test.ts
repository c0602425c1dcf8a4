import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cached, cacheRoot } from "../../../components/kit/cache.ts";

let home: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "cache-test-"));
  env = { XDG_CACHE_HOME: home };
});
afterEach(() => rm(home, { recursive: true, force: true }));

const make = (content: string) => (directory: string) => writeFile(path.join(directory, "file"), content);
const contentOf = async (entry: string) => readFile(path.join(entry, "file"), "utf8");

describe("the cache", () => {
  it("makes an entry once", async () => {
    const first = await cached("a/b", make("first"), { env });
    const second = await cached("a/b", make("second"), { env });
    expect(second).toBe(first);
    expect(await contentOf(second)).toBe("first");
  });

  it("lets one of many at once do the work, and tells the others that they wait", async () => {
    let made = 0;
    let waited = 0;
    const slowly = async (directory: string) => {
      made += 1;
      await new Promise((resolve) => setTimeout(resolve, 200));
      await make("whole")(directory);
    };
    const runs = Array.from({ length: 4 }, () => cached("shared", slowly, { env, onWait: () => (waited += 1) }));
    expect(new Set(await Promise.all(runs.map(async (run) => contentOf(await run))))).toEqual(new Set(["whole"]));
    expect(made).toBe(1);
    expect(waited).toBe(3);
  });

  it("leaves nothing of a failure behind and makes the entry the next time", async () => {
    const failing = async (directory: string) => {
      await make("half")(directory);
      throw new Error("interrupted");
    };
    await expect(cached("x", failing, { env })).rejects.toThrow("interrupted");
    expect(await readdir(cacheRoot(env))).toEqual([]);
    expect(await contentOf(await cached("x", make("whole"), { env }))).toBe("whole");
  });

  it("never takes what a killed run left for an entry", async () => {
    await mkdir(path.join(cacheRoot(env), "x.draft"), { recursive: true });
    await make("half")(path.join(cacheRoot(env), "x.draft"));
    expect(await contentOf(await cached("x", make("whole"), { env }))).toBe("whole");
  });

  it("says how to go on when the cache cannot be made", async () => {
    await writeFile(path.join(home, "file"), "");
    const blocked = { XDG_CACHE_HOME: path.join(home, "file") };
    await expect(cached("x", make("x"), { env: blocked })).rejects.toThrow(
      /the cache .* cannot be written\n {2}Next: free or permit .* XDG_CACHE_HOME=/,
    );
  });

  it("says so when the disk is full", async () => {
    const full = () => Promise.reject(Object.assign(new Error("write"), { code: "ENOSPC" }));
    await expect(cached("x", full, { env })).rejects.toThrow(/the disk that holds the cache .* is full/);
  });
});

describe.runIf(process.getuid?.() !== 0)("as an ordinary user", () => {
  it("says so when the cache is read-only", async () => {
    await chmod(home, 0o500);
    await expect(cached("x", make("x"), { env })).rejects.toThrow(/cannot be written/);
    await chmod(home, 0o700);
  });
});
