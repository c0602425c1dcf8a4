import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MadeImage, makeImage, makeIndex, noise, seed, sha256 } from "../kit/images.ts";
import { FaultProxy } from "../kit/fault-proxy.ts";
import { MirrorHome, type MirrorRun } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

const shared = noise("a layer of several images", 200_000);
const kept = makeImage([noise("kept", 9000)]);
const images = {
  "kept:v1": kept,
  "app:v1": makeImage([shared, noise("of the first version", 50_000)]),
  "app:v2": makeImage([shared, noise("of the second version", 7000)]),
  "other:v1": makeIndex([
    makeImage([shared, noise("on amd64", 3000)]),
    makeImage([shared, noise("on arm64", 4000)], { architecture: "arm64" }),
  ]),
} as const;
type Name = keyof typeof images;
const first: readonly Name[] = ["kept:v1", "app:v1"];
const second: readonly Name[] = ["kept:v1", "app:v2", "other:v1"];

let home: MirrorHome;
let source: RunningRegistry;
let site: RunningRegistry;

const referenceOf = (name: Name) => `${source.host}/${name}`;
const blobsOf = ({ blobs, children }: MadeImage): Buffer[] => [...blobs, ...children.flatMap(blobsOf)];
const bytesOf = (blobs: readonly Buffer[]) =>
  [...new Map(blobs.map((blob) => [sha256(blob), blob.length])).values()].reduce((sum, size) => sum + size, 0);
/** What is new of the second list beside the first. */
const news = () => bytesOf(second.flatMap((name) => blobsOf(images[name]).filter((blob) => !olds().has(sha256(blob)))));
const olds = () => new Set(first.flatMap((name) => blobsOf(images[name]).map(sha256)));

beforeAll(async () => {
  [home, source, site] = await Promise.all([MirrorHome.open(), startRegistry(), startRegistry()]);
  for (const [name, image] of Object.entries(images)) {
    const [repository = "", tag = ""] = name.split(":");
    await seed(source.origin, repository, tag, image);
  }
  for (const [list, names] of Object.entries({ first, second })) {
    const locked = names.map((name) => ({ reference: referenceOf(name), digest: images[name].digest, origins: [] }));
    await writeFile(home.path(`${list}.json`), JSON.stringify({ version: 1, release: "1.8.1", images: locked }));
  }
  await well("pull", "-o", home.path("whole"), "--images", home.path("first.json"));
  await well("push", home.path("whole"), "--to", `${site.host}/kubeflow`);
  await well("export", home.path("whole"), "-o", home.path("whole-stick"));
});
afterAll(() => Promise.all([home.close(), source.stop(), site.stop()]));

async function well(...args: readonly string[]): Promise<MirrorRun> {
  const ended = await home.run(...args, "--json");
  expect(ended.code, ended.stderr).toBe(0);
  return ended;
}

const pullSecond = (folder: string, ...args: readonly string[]) =>
  well("pull", "-o", home.path(folder), "--images", home.path("second.json"), ...args);

interface Written {
  readonly images: { repository: string; tag: string; digest: string }[];
  readonly manifests: { digest: string }[];
  readonly blobs: { digest: string; size: number; repositories: string[] }[];
}
const read = async <T>(...parts: string[]) => JSON.parse(await readFile(home.path(...parts), "utf8")) as T;

describe("an inventory", () => {
  it("is all that a registry has, and the same text each time", async () => {
    const ended = await well("inventory", `${site.host}/kubeflow`, "-o", home.path("have.json"));
    expect(ended.json()).toMatchObject({ ok: true, foundBy: "catalogue", images: 2, manifests: 2, failures: [] });
    const text = await readFile(home.path("have.json"), "utf8");
    expect((await home.run("inventory", `${site.host}/kubeflow`)).stdout).toBe(text);
    const written = JSON.parse(text) as Written;
    const below = source.host.replace(":", "-");
    expect(written).toMatchObject({ kind: "inventory", version: 1, registry: `${site.host}/kubeflow` });
    expect(written.images.map(({ repository, tag, digest }) => [repository, tag, digest])).toEqual([
      [`${below}/app`, "v1", images["app:v1"].digest],
      [`${below}/kept`, "v1", kept.digest],
    ]);
    expect(written.blobs.map(({ digest }) => digest)).toEqual([...olds()].toSorted());
    expect(written.blobs.find(({ digest }) => digest === sha256(shared))).toMatchObject({
      size: shared.length,
      repositories: [`${below}/app`],
    });
    expect((await well("inventory", `${site.host}/elsewhere`, "-o", home.path("none.json"))).json()).toMatchObject({
      images: 0,
    });
  });

  it("asks for the images of a list where there is no catalogue", async () => {
    const proxy = await FaultProxy.before(site.origin);
    proxy.use(({ path: asked }) => (asked.startsWith("/v2/_catalog") ? { kind: "answer", status: 404 } : undefined));
    const args = ["--images", home.path("second.json"), "-o", home.path("listed.json")];
    const asked = await well("inventory", `${proxy.host}/kubeflow`, "-o", home.path("by-lock.json"));
    expect(asked.json()).toMatchObject({ foundBy: "list", images: 0 });
    expect((await well("inventory", `${proxy.host}/kubeflow`, ...args)).json()).toMatchObject({
      foundBy: "list",
      images: 1,
    });
    await proxy.close();
  });
});

describe("a delta", () => {
  it("holds the blobs that the site does not have, and is honest about the others", async () => {
    const pulled = await pullSecond("delta", "--have", home.path("have.json"));
    expect(pulled.json()).toMatchObject({ images: 2, left: { images: 1, blobs: 1, bytes: shared.length } });
    expect(pulled.json<{ bytes: number }>().bytes).toBe(news());
    const verified = await well("verify", home.path("delta"), "--images", home.path("second.json"), "--deep");
    expect(verified.json()).toMatchObject({ left: { images: 1, blobs: 1 } });
    await well("export", home.path("delta"), "-o", home.path("stick"));
    await well("import", home.path("stick", "kubeflow-images.tar"), "-o", home.path("arrived"));
    expect(await read("arrived", "base.json")).toEqual(await read("delta", "base.json"));
  });

  it("is the same since the earlier bundle, by its folder or a volume of it", async () => {
    for (const [index, bundle] of ["whole", path.join("whole-stick", "kubeflow-images.tar")].entries()) {
      await pullSecond(`since${index}`, "--since", home.path(bundle));
      expect(await read(`since${index}`, "base.json")).toEqual(await read("delta", "base.json"));
    }
  });

  it("of a lock leaves out whole images alone", async () => {
    const pulled = await pullSecond("by-lock", "--have", home.path("first.json"));
    expect(pulled.json()).toMatchObject({ images: 2, left: { images: 1, blobs: 0 } });
  });

  it("is made whole at the site, where a layer comes from another repository", async () => {
    const to = `${site.host}/kubeflow`;
    expect((await well("diff", home.path("arrived"), to)).json()).toMatchObject({ bytes: news(), failures: [] });
    expect((await well("push", home.path("arrived"), "--to", to)).json()).toMatchObject({ images: 2, bytes: news() });
    expect((await well("verify", to, "--layout", home.path("arrived"), "--deep")).json()).toMatchObject({ images: 3 });
    await well("verify", to, "--images", home.path("second.json"), "--deep");
  });

  it("is made whole by a registry that takes nothing over from one repository to another", async () => {
    const [plain, proxy] = await fresh();
    proxy.use(({ path: asked }) =>
      asked.includes("mount=") ? { kind: "answer", status: 202, headers: { location: "/nowhere" } } : undefined,
    );
    await well("push", home.path("whole"), "--to", `${plain.host}/kubeflow`);
    const pushed = await well("push", home.path("arrived"), "--to", `${proxy.host}/kubeflow`);
    expect(pushed.json<{ bytes: number }>().bytes).toBeGreaterThan(news());
    await well("verify", `${plain.host}/kubeflow`, "--images", home.path("second.json"), "--deep");
    await Promise.all([proxy.close(), plain.stop()]);
  });

  it("is refused where the site does not have what was left out, and says what and what to do", async () => {
    const [empty, proxy] = await fresh();
    const to = `${empty.host}/kubeflow`;
    const runs = [
      await home.run("push", home.path("arrived"), "--to", to),
      await home.run("diff", home.path("arrived"), to),
      await home.run("verify", to, "--layout", home.path("arrived")),
    ];
    for (const { code, stderr } of runs) {
      expect(code, stderr).toBe(stderr.includes("E_MISSING") ? 4 : 8);
      expect(stderr).toContain(`E_BASE ${referenceOf("kept:v1")} was left out because the site had it as sha256:`);
      expect(stderr).toContain(`npm run mirror -- inventory ${to} -o have.json`);
    }
    expect(runs[0]?.stderr).toContain(`blob ${sha256(shared).slice(0, 19)} (200 kB) was left out`);
    expect((await empty.requests()).filter((line) => line.includes('"PUT ') && line.includes("/manifests/"))).toEqual(
      [],
    );
    // What its message says helps.
    await well("inventory", to, "-o", home.path("empty.json"));
    await pullSecond("delta", "--have", home.path("empty.json"));
    await expect(readFile(home.path("delta", "base.json"))).rejects.toThrow("ENOENT");
    await well("push", home.path("delta"), "--to", to);
    await well("verify", to, "--images", home.path("second.json"), "--deep");
    await Promise.all([proxy.close(), empty.stop()]);
  });
});

it("of a tag that was moved since it was locked what was locked is fetched", async () => {
  const [locked, moved] = [makeImage([noise("locked", 5000)]), makeImage([noise("moved", 6000)])];
  await seed(source.origin, "tagged", "v1", locked);
  await seed(source.origin, "tagged", "v1", moved);
  const image = { reference: `${source.host}/tagged:v1`, digest: locked.digest, origins: [] };
  await writeFile(home.path("tagged.json"), JSON.stringify({ version: 1, release: "1.8.1", images: [image] }));
  const ended = await home.run(
    "pull",
    "-o",
    home.path("tagged"),
    "--images",
    home.path("tagged.json"),
    "--json",
    "--limit-rate",
    "1MB",
  );
  expect(ended.code, ended.stderr).toBe(0);
  const { manifests } = JSON.parse(await readFile(home.path("tagged", "index.json"), "utf8")) as {
    manifests: { digest: string }[];
  };
  expect(manifests.map(({ digest }) => digest)).toEqual([locked.digest]);
});

describe("what an export says of itself", () => {
  it("is complete where nothing is left out, and not where something is", async () => {
    for (const [folder, complete] of [
      ["whole-stick", true],
      ["stick", false],
    ] as const) {
      const text = await readFile(home.path(folder, "kubeflow-images.tar"), "utf8");
      expect(text.includes(`"complete": ${complete}`), folder).toBe(true);
    }
    await rm(home.path("stick"), { recursive: true });
  });
});

async function fresh(): Promise<[RunningRegistry, FaultProxy]> {
  const registry = await startRegistry();
  return [registry, await FaultProxy.before(registry.origin)];
}
