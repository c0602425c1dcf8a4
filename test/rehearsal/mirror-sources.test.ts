import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Layout } from "../../components/mirror/layout/layout.ts";
import { pull as runPull } from "../../components/mirror/transfer/pull.ts";
import { Registries } from "../../components/mirror/registry/index.ts";
import { FaultProxy } from "../kit/fault-proxy.ts";
import { makeImage, makeIndex, noise, seed } from "../kit/images.ts";
import { MirrorHome } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

const index = makeIndex([makeImage([noise("a", 1000)]), makeImage([noise("b", 1000)], { architecture: "arm64" })]);
const other = makeImage([noise("other", 1000)]);
const published = makeImage([noise("published", 1000)]);

let home: MirrorHome;
let upstream: RunningRegistry;
let cache: RunningRegistry;
let lists = 0;

beforeAll(async () => {
  [home, upstream, cache] = await Promise.all([MirrorHome.open(), startRegistry(), startRegistry()]);
  await seed(upstream.origin, "team/here", "v1", published);
  await seed(cache.origin, "hub/team/gone", "v1", index);
  await seed(cache.origin, "saved/gone", "v1", other);
});
afterAll(() => Promise.all([home.close(), upstream.stop(), cache.stop()]));

async function pull(images: readonly object[], ...sources: readonly string[]) {
  const lock = home.path(`lock-${++lists}.json`);
  await writeFile(lock, JSON.stringify({ version: 1, release: "1.8.1", images }));
  const folder = home.path(`images-${lists}`);
  const more = sources.flatMap((source) => ["--source", source]);
  const ended = await home.run("pull", "-o", folder, "--images", lock, "--json", ...more);
  const { manifests } = JSON.parse(await readFile(`${folder}/index.json`, "utf8")) as {
    manifests: { digest: string; annotations: Record<string, string> }[];
  };
  const names = manifests.map(({ digest, annotations }) => [annotations["org.opencontainers.image.ref.name"], digest]);
  return { ...ended, held: Object.fromEntries(names) as Record<string, string> };
}

const image = (name: string, digest?: string) => ({ reference: `${upstream.host}/team/${name}:v1`, digest });

describe("a registry that gives few pulls", () => {
  it("is told before they are used up, with what gives more", async () => {
    const proxy = await FaultProxy.before(upstream.origin);
    const headers = { "ratelimit-remaining": "1;w=21600", "docker-content-digest": published.digest };
    proxy.use(({ method }) => (method === "HEAD" ? { kind: "answer", status: 200, headers } : undefined));
    const wanted = ["v1", "v2", "v3"].map((tag) => ({ reference: `${proxy.host}/team/here:${tag}` }));
    const [registries, layout] = [new Registries({ env: {} }), await Layout.openOrCreate(home.path("few"))];
    const lines: string[] = [];
    const report = (line: string) => lines.push(line);
    const { failures } = await runPull({ wanted, layout, registries, platforms: "all", concurrency: 1, report });
    await Promise.all([registries.close(), layout.close()]);
    const { host } = proxy;
    await proxy.close();
    expect(failures).toEqual([]);
    expect(lines[0]).toBe(
      `1 of 3 images resolved; ${host} gives 1 more pulls within 6 h, at least 2 are wanted: docker login ${host} gives more`,
    );
  });
});

describe("an image that is gone where it was published", () => {
  it("comes from another place, under its own name, and what that place lacks from where it is published", async () => {
    const pulled = await pull([image("gone"), image("here")], `${upstream.host}=${cache.host}/hub`);
    expect(pulled.code, pulled.stderr).toBe(0);
    const [gone, here] = ["gone", "here"].map((name) => `${upstream.host}/team/${name}:v1`);
    expect(pulled.held).toEqual({ [gone ?? ""]: index.digest, [here ?? ""]: published.digest });
    expect((await home.run("verify", home.path(`images-${lists}`), "--deep")).code).toBe(0);
  });

  it("comes from the first of several places that has it, by the origin that it is of", async () => {
    const { host } = upstream;
    const sources = [
      `docker.io=${cache.host}/hub`,
      `${host}/team=${cache.host}/nowhere`,
      `${host}/team=${cache.host}/saved`,
    ];
    const pulled = await pull([image("gone")], ...sources);
    expect(Object.values(pulled.held)).toEqual([other.digest]);
  });

  it("is never another one than is locked", async () => {
    const pulled = await pull([image("gone", index.digest)], `${upstream.host}/team=${cache.host}/saved`);
    expect(pulled.code).toBe(8);
    expect(pulled.held).toEqual({});
  });

  it("and nowhere else either is told with every place", async () => {
    const pulled = await pull([image("lost")], `${upstream.host}=${cache.host}/hub`);
    expect(pulled.code).toBe(8);
    expect(pulled.stderr).toContain(
      `E_GONE ${upstream.host}/team/lost:v1 is nowhere: tried ${cache.host}/hub/team/lost, ${upstream.host}/team/lost`,
    );
  });

  it.each(["docker.io", "docker.io=", "=a.example.com/b", "a=b=c", "docker.io=hub"])(
    "%s is no source",
    async (source) => {
      const ended = await home.run("pull", "-o", home.path("none"), "--source", source);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain("is not such as docker.io=");
    },
  );
});
