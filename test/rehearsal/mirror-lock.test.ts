import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cacheRoot } from "../../components/kit/cache.ts";
import { parseReference } from "../../components/kubeflow/images/reference.ts";
import { type ImagesLock, readLock } from "../../components/mirror/list/lock.ts";
import { measureAll } from "../../components/mirror/transfer/measure.ts";
import { push } from "../../components/mirror/transfer/push.ts";
import { Registries } from "../../components/mirror/registry/index.ts";
import { syntheticImages } from "../../rehearsal/air-gap/synthetic.ts";
import { type MadeImage, makeImage, makeIndex, noise, seed } from "../kit/images.ts";
import { MirrorHome, type MirrorRun } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

const MISSING = "docker.io/library/mysql:8.0.26";
const SEVERAL = "docker.io/library/python:3.7";
const amd64 = makeImage([noise("amd64", 5000)]);
const arm64 = makeImage([noise("arm64", 7000)], { architecture: "arm64" });
const several = makeIndex([amd64, arm64]);

let home: MirrorHome;
let registry: RunningRegistry;
let mirror: string;
let file: string;
/** Of images in the lock. */
let count: number;
let tagged: string[];
let digests: ReadonlyMap<string, string>;

beforeAll(async () => {
  [home, registry] = await Promise.all([MirrorHome.open(), startRegistry()]);
  // The list is that of the program, which needs the manifests and kustomize.
  Object.assign(home.env, {
    XDG_CACHE_HOME: path.dirname(cacheRoot()),
    ...(process.env["KUBEFLOW_MANIFESTS"] && { KUBEFLOW_MANIFESTS: process.env["KUBEFLOW_MANIFESTS"] }),
  });
  mirror = `${registry.host}/kubeflow`;
  file = home.path("images.lock.json");
  const all = (await readLock()).images.map(({ reference }) => reference);
  count = all.length;
  tagged = all.filter((reference) => parseReference(reference).digest === undefined);
  const content = syntheticImages(tagged.filter((reference) => reference !== MISSING));
  digests = new Map([...content.entries].map(([reference, { digest }]) => [reference, digest]));
  const registries = new Registries({ env: {} });
  const { failures } = await push({ content, to: mirror, registries, concurrency: 8, report: () => undefined });
  expect(failures).toEqual([]);
  await registries.close();
  await seed(registry.origin, "kubeflow/docker.io/library/python", "3.7", several);
});
afterAll(() => Promise.all([home.close(), registry.stop()]));

const lock = (...args: readonly string[]): Promise<MirrorRun> =>
  home.run("lock", "prod", "-o", file, "--json", ...args);
const bytes = (...images: MadeImage[]) =>
  images.reduce(
    (sum, { content, blobs }) => sum + content.length + blobs.reduce((all, blob) => all + blob.length, 0),
    0,
  );
const locked = async (reference: string) =>
  (await readLock(file)).images.find((image) => image.reference === reference);

describe("the names below a registry", () => {
  it("are one for each image, and nothing is left that comes from elsewhere", async () => {
    const ended = await home.run("rewrite", "prod", "--to", "registry.example.com/kubeflow", "--format", "json");
    expect(ended.code, ended.stderr).toBe(0);
    const map = JSON.parse(ended.stdout) as { from: string; to: string }[];
    expect(map.map(({ from }) => from)).toEqual((await readLock()).images.map(({ reference }) => reference));
    expect(new Set(map.map(({ to }) => to)).size).toBe(map.length);
    for (const { from, to } of map) expect(to).toBe(`registry.example.com/kubeflow/${from}`);
    expect((await home.run("rewrite", "--to", "kubeflow")).code).toBe(2);
  });
});

describe("the lock of images", () => {
  it("asks nobody unless it is told whom", async () => {
    const before = (await registry.requests()).length;
    const ended = await lock();
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.json()).toMatchObject({ ok: true, images: count, digests: 9, sizes: 0, unknown: [] });
    expect((await registry.requests()).length).toBe(before);
  });

  it("has the digest and size of every image that a mirror has, and says which it does not have", async () => {
    const ended = await lock("--from", mirror);
    expect(ended.code, ended.stderr).toBe(8);
    const { unknown, ...counts } = ended.json<{ unknown: { reference: string; code: string }[] }>();
    expect(counts).toMatchObject({ ok: false, images: count, digests: count - 1, sizes: count - 10, moved: [] });
    expect(unknown.map(({ code }) => code)).toEqual(Array(10).fill("E_GONE"));
    expect(unknown.map(({ reference }) => reference).filter((one) => !one.includes("@"))).toEqual([MISSING]);
    for (const { reference, digest, size } of (await readLock(file)).images.filter(
      (one) => one.reference !== SEVERAL,
    )) {
      expect(digest, reference).toBe(digests.get(reference) ?? parseReference(reference).digest);
      expect(size !== undefined, reference).toBe(digests.has(reference));
    }
  });

  it("has what an image is on each of its platforms", async () => {
    expect(await locked(SEVERAL)).toMatchObject({
      digest: several.digest,
      mediaType: several.mediaType,
      size: bytes(several, amd64, arm64),
      platforms: [
        { platform: "linux/amd64", digest: amd64.digest, size: bytes(amd64) },
        { platform: "linux/arm64", digest: arm64.digest, size: bytes(arm64) },
      ],
    });
  });

  it("looks at the sources that it is given, and says where it looked and what it took", async () => {
    const alternate = `${registry.host}/elsewhere`;
    const other = makeImage([noise("of another source", 300)]);
    // A mirror is no source.
    for (const unknown of ["digest", "source", "tried"]) expect(await locked(MISSING)).not.toHaveProperty(unknown);
    const options = { mirror: undefined, registries: new Registries({ env: {} }), concurrency: 1 };
    const published = `${registry.host}/library/mysql:8.0.26`;
    const sources = [
      { origin: `${registry.host}/library`, place: `${registry.host}/nowhere` },
      { origin: `${registry.host}/library`, place: alternate },
    ];
    const ask = () => measureAll([published], { ...options, sources, report: () => undefined });
    const gone = await ask();
    const nowhere = `${registry.host}/nowhere/mysql:8.0.26`;
    expect(gone.gone.get(published)).toEqual([nowhere, `${alternate}/mysql:8.0.26`, published]);
    await seed(registry.origin, "elsewhere/mysql", "8.0.26", other);
    const { found } = await ask();
    expect(found.get(published)).toMatchObject({
      digest: other.digest,
      mediaType: other.mediaType,
      source: `${alternate}/mysql:8.0.26`,
      tried: [nowhere],
    });
    await options.registries.close();
    const [list, folder] = [home.path("source.json"), home.path("from-source")];
    const image = { reference: published, origins: [], digest: other.digest, source: `${alternate}/mysql:8.0.26` };
    await writeFile(list, JSON.stringify({ version: 1, release: "1.8.1", images: [image] }));
    const pulled = await home.run("pull", "-o", folder, "--images", list, "--json");
    expect(pulled.json()).toMatchObject({ ok: true, images: 1 });
    expect((await home.run("verify", folder, "--images", list, "--deep")).code).toBe(0);
    expect((await home.run("lock", "--source", "nothing")).code).toBe(2);
  });

  it("is compared with exit code 8 where a tag is gone", async () => {
    const before = await readLock(file);
    const checked = await lock("--check", "--from", mirror);
    expect(checked.code).toBe(8);
    expect(checked.json<{ unknown: { code: string }[] }>().unknown.every(({ code }) => code === "E_GONE")).toBe(true);
    expect(await readLock(file)).toEqual(before);
  });

  it("stays where a tag was moved, tells it, and follows only when it is told to", async () => {
    const other = makeImage([noise("other", 100)]);
    const before = await locked("docker.io/istio/pilot:1.17.5");
    await seed(registry.origin, "kubeflow/docker.io/istio/pilot", "1.17.5", other);
    const checked = await lock("--check", "--from", mirror);
    expect(checked.code).toBe(8);
    const moved = await lock("--from", mirror);
    expect(moved.code).toBe(8);
    expect(moved.stderr).toContain(`E_MOVED tags stand for other images than the lock says:`);
    expect(moved.stderr).toContain(
      `docker.io/istio/pilot:1.17.5: locked is ${before?.digest}, there is ${other.digest}`,
    );
    expect(await locked("docker.io/istio/pilot:1.17.5")).toEqual(before);
    await lock("--from", mirror, "--update");
    expect(await locked("docker.io/istio/pilot:1.17.5")).toMatchObject({ digest: other.digest, size: bytes(other) });
  });

  it("keeps what it knows where the registry does not answer, and says so", async () => {
    const known: ImagesLock = await readLock(file);
    await writeFile(file, JSON.stringify({ ...known, images: known.images.slice(5) }));
    await registry.stop();
    const ended = await home.run("lock", "prod", "-o", file, "--from", mirror);
    expect(ended.code).toBe(6);
    expect(ended.stdout).toMatch(
      new RegExp(`^locked: ${count} images, \\d+ with a digest, \\d+ whose digest is unknown`),
    );
    expect(ended.stdout).toContain(`unknown: ${known.images[0]?.reference}, `);
    expect(ended.stdout).toContain(`${registry.host}: connect ECONNREFUSED`);
    expect((await readLock(file)).images.slice(5)).toEqual(known.images.slice(5));
    expect(await locked(known.images[0]?.reference ?? "")).not.toHaveProperty("digest");
  });
});
