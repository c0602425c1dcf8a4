import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MadeImage, makeImage, makeIndex, noise, seed, sha256 } from "../kit/images.ts";
import { MirrorHome } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

const MB = 1_000_000;
const base = noise("shared base", 3 * MB);
const amd64 = makeImage([base, noise("amd64", MB)]);
const arm64 = makeImage([noise("arm64", MB)], { architecture: "arm64" });
const images: Readonly<Record<string, MadeImage>> = {
  "team/single:v1": makeImage([base, noise("single", 2 * MB)]),
  "multi:v2": makeIndex([amd64, arm64]),
  "empty-layer:v3": makeImage([Buffer.alloc(0), noise("small", 10)]),
};
const uniqueBlobs = new Set(
  Object.values(images).flatMap(({ blobs, children }) => [blobs, ...children.map((child) => child.blobs)].flat()),
);
const uniqueBytes = [...uniqueBlobs].reduce((sum, blob) => sum + blob.length, 0);

let home: MirrorHome;
let source: RunningRegistry;
let site: RunningRegistry;
let list: string;
let references: string[];

beforeAll(async () => {
  [home, source, site] = await Promise.all([MirrorHome.open(), startRegistry(), startRegistry()]);
  for (const [name, image] of Object.entries(images)) {
    const [repository = "", tag = ""] = name.split(":");
    await seed(source.origin, repository, tag, image);
  }
  references = [...Object.keys(images), `multi@${images["multi:v2"]?.digest}`].map((name) => `${source.host}/${name}`);
  list = home.path("images.txt");
  await writeFile(list, `# what the site needs\n${references.join("\n")}\n`);
});
afterAll(() => Promise.all([home.close(), source.stop(), site.stop()]));

const pull = (folder: string, ...more: string[]) =>
  home.run("pull", "-o", home.path(folder), "--images", list, "--json", ...more);

async function filesIn(folder: string): Promise<Map<string, number>> {
  const names = await readdir(folder);
  return new Map(
    await Promise.all(names.map(async (name) => [name, (await stat(path.join(folder, name))).size] as const)),
  );
}

describe("images carried over", () => {
  it("are fetched once each, whole, and not again", async () => {
    const first = await pull("carried");
    expect(first.code, first.stderr).toBe(0);
    expect(first.json()).toMatchObject({ ok: true, images: 4, bytes: uniqueBytes, failures: [] });
    const stored = [...(await filesIn(home.path("carried", "blobs", "sha256"))).values()].reduce(
      (sum, size) => sum + size,
      0,
    );
    const manifests = Object.values(images).flatMap((image) => [image, ...image.children]);
    expect(stored).toBe(uniqueBytes + manifests.reduce((sum, { content }) => sum + content.length, 0));

    const before = await source.requests();
    const gets = before.flatMap((line) => /"GET (\S*sha256:\S*)/.exec(line)?.[1]?.split("/").at(-1) ?? []);
    // What is shared, whichever image names it first.
    expect(gets.length).toBe(new Set(gets).size);
    expect(gets.length).toBe(new Set([...uniqueBlobs].map((blob) => sha256(blob))).size + manifests.length);
    const requestsBefore = before.length;
    const second = await pull("carried");
    expect(second.json()).toMatchObject({ ok: true, images: 4, bytes: 0 });
    const requests = (await source.requests()).slice(requestsBefore);
    // One question a tag; what is known by digest needs none.
    expect(requests.map((line) => /"(\w+)/.exec(line)?.[1])).toEqual(["HEAD", "HEAD", "HEAD"]);
  });

  it("go through archives of any size to a registry, and are the same there", async () => {
    const exported = await home.run(
      "export",
      home.path("carried"),
      "-o",
      home.path("stick"),
      "--max-size",
      "3MB",
      "--json",
    );
    expect(exported.code, exported.stderr).toBe(0);
    const { volumes, bundle } = exported.json<{ volumes: string[]; bundle: string }>();
    expect(volumes.length).toBeGreaterThan(2);
    for (const volume of volumes) expect((await stat(volume)).size).toBeLessThanOrEqual(3 * MB);

    const imported = await home.run(
      "import",
      ...volumes.toReversed(),
      "-o",
      home.path("arrived"),
      "--expect",
      bundle,
      "--json",
    );
    expect(imported.code, imported.stderr).toBe(0);
    for (const file of ["index.json", "oci-layout"]) {
      expect(await readFile(home.path("arrived", file), "utf8")).toBe(
        await readFile(home.path("carried", file), "utf8"),
      );
    }
    expect(await filesIn(home.path("arrived", "blobs", "sha256"))).toEqual(
      await filesIn(home.path("carried", "blobs", "sha256")),
    );

    const to = `${site.host}/kubeflow`;
    const before = await home.run("diff", home.path("arrived"), to, "--json");
    expect(before.json()).toMatchObject({
      missing: expect.arrayContaining(references) as string[],
      bytes: uniqueBytes,
    });
    const pushed = await home.run("push", home.path("arrived"), "--to", to, "--json");
    expect(pushed.code, pushed.stderr).toBe(0);
    expect(pushed.json()).toMatchObject({ ok: true, images: 4, bytes: uniqueBytes });
    const after = await home.run("diff", home.path("arrived"), to, "--json");
    expect(after.json()).toMatchObject({ missing: [], different: [], bytes: 0 });
    const asked = (await site.requests()).length;
    expect((await home.run("verify", to, "--layout", home.path("arrived"))).code).toBe(0);
    const blobs = (await site.requests()).slice(asked).filter((line) => line.includes("/blobs/"));
    expect(blobs.filter((line) => !line.includes('"HEAD '))).toEqual([]);
    const verified = await home.run("verify", to, "--layout", home.path("arrived"), "--deep", "--json");
    expect(verified.code, verified.stderr).toBe(0);
    expect(verified.json()).toMatchObject({ ok: true, images: 4, bytes: uniqueBytes });

    const folder = source.host.replace(":", "-");
    const there = await fetch(`${site.origin}/v2/kubeflow/${folder}/multi/manifests/v2`, {
      headers: { accept: images["multi:v2"]?.mediaType ?? "" },
    });
    expect(there.headers.get("docker-content-digest")).toBe(images["multi:v2"]?.digest);
  });

  it("are the same archives from the same images", async () => {
    const digests: string[] = [];
    for (const name of ["one", "other"]) {
      const exported = await home.run("export", home.path("carried"), "-o", home.path(name), "--json");
      expect(exported.code, exported.stderr).toBe(0);
      digests.push(await readFile(home.path(name, "kubeflow-images.sha256"), "utf8"));
    }
    expect(digests[0]).toBe(digests[1]);
  });
});

describe("one platform of an image", () => {
  it("stands under the image's tag, while what is named by digest stays as it is", async () => {
    const pulled = await pull("amd64", "--platform", "linux/amd64");
    expect(pulled.code, pulled.stderr).toBe(0);
    const { manifests } = JSON.parse(await readFile(home.path("amd64", "index.json"), "utf8")) as {
      manifests: { digest: string; annotations: Record<string, string> }[];
    };
    const entry = (reference: string) =>
      manifests.find(({ annotations }) => annotations["org.opencontainers.image.ref.name"] === reference);
    expect(entry(`${source.host}/multi:v2`)?.digest).toBe(amd64.digest);
    expect(entry(references.at(-1) ?? "")?.digest).toBe(images["multi:v2"]?.digest);
    const lock = home.path("lock.json");
    const locked = Object.entries(images).map(([name, { digest }]) => ({
      reference: `${source.host}/${name}`,
      origins: [],
      digest,
    }));
    await writeFile(lock, JSON.stringify({ version: 1, release: "1.8.1", images: locked }));
    const verified = await home.run("verify", home.path("amd64"), "--images", lock, "--deep");
    expect(verified.code, verified.stderr).toBe(0);
  });

  it("that an image does not have is told with those that it has", async () => {
    const pulled = await pull("none", "--platform", "linux/s390x");
    expect(pulled.code).toBe(4);
    expect(pulled.stderr).toContain("has no image for linux/s390x");
    expect(pulled.stderr).toContain("it has linux/amd64, linux/arm64");
  });
});

describe("what cannot be had", () => {
  it("is named, while everything else arrives", async () => {
    const some = home.path("some.txt");
    await writeFile(some, `${references.join("\n")}\n${source.host}/gone:v1\n${source.host}/multi:v9\n`);
    const pulled = await home.run("pull", "-o", home.path("some"), "--images", some, "--json");
    expect(pulled.code).toBe(8);
    expect(pulled.json()).toMatchObject({
      ok: false,
      images: 4,
      failures: [
        { reference: `${source.host}/gone:v1`, code: "E_GONE" },
        { reference: `${source.host}/multi:v9`, code: "E_GONE" },
      ],
    });
    expect((await home.run("verify", home.path("some"), "--deep")).code).toBe(0);
  });

  it("is what verify finds: blobs that are missing, cut off or changed", async () => {
    expect((await pull("spoilt")).code).toBe(0);
    const blobs = home.path("spoilt", "blobs", "sha256");
    const name = [...(await filesIn(blobs))].find(([, size]) => size === base.length)?.[0] ?? "";
    const content = Buffer.from(base);
    content[12_345] = (content[12_345] ?? 0) ^ 1;
    await writeFile(path.join(blobs, name), content);
    expect((await home.run("verify", home.path("spoilt"))).code).toBe(0);
    const deep = await home.run("verify", home.path("spoilt"), "--deep", "--json");
    expect(deep.code).toBe(4);
    // Both images that share it, and the index by digest.
    expect(deep.json<{ failures: { code: string }[] }>().failures.map(({ code }) => code)).toEqual(
      Array(3).fill("E_DIGEST"),
    );
    const exported = await home.run("export", home.path("spoilt"), "-o", home.path("never"));
    expect(exported.code).toBe(4);
    const pushed = await home.run("push", home.path("spoilt"), "--to", `${site.host}/never`, "--json");
    expect(pushed.code).toBe(4);
    expect(pushed.stderr).toContain("is damaged in");

    await rm(path.join(blobs, name));
    const missing = await home.run("verify", home.path("spoilt"), "--json");
    expect(missing.json<{ failures: { code: string }[] }>().failures.map(({ code }) => code)).toContain("E_MISSING");
    expect((await pull("spoilt")).json()).toMatchObject({ ok: true, bytes: base.length });
  });
});

describe("what is said about an image", () => {
  it("is carried along: cosign's tags, and referrers of the index and of an image in it", async () => {
    const subject = images["multi:v2"] as MadeImage;
    const signature = makeImage([noise("signature", 100)]);
    const referrer = makeImage([noise("attestation", 200)], {
      subject: amd64,
      artifactType: "application/vnd.in-toto+json",
    });
    const tag = (digest: string, ending = "") => `${digest.replace(":", "-")}${ending}`;
    await seed(source.origin, "multi", tag(subject.digest, ".sig"), signature);
    await seed(source.origin, "multi", referrer.digest, referrer);
    // This registry has no referrers API; the tag in its place is up to whoever pushes.
    await seed(source.origin, "multi", tag(amd64.digest), makeIndex([referrer]));
    const pulled = await pull("signed", "--with-signatures");
    expect(pulled.code, pulled.stderr).toBe(0);
    expect(pulled.json()).toMatchObject({ ok: true, images: 6, signed: 2, unsigned: 2 });
    const told = await home.run("pull", "-o", home.path("signed"), "--images", list, "--with-signatures");
    expect(told.stdout).toContain("2 of the images are signed or described, 2 are not");
    const pushed = await home.run("push", home.path("signed"), "--to", `${site.host}/signed`, "--json");
    expect(pushed.code, pushed.stderr).toBe(0);
    const there = async (reference: string) => {
      const url = `${site.origin}/v2/signed/${source.host.replace(":", "-")}/multi/manifests/${reference}`;
      return fetch(url, { headers: { accept: [signature.mediaType, subject.mediaType].join(", ") } });
    };
    expect((await there(tag(subject.digest, ".sig"))).headers.get("docker-content-digest")).toBe(signature.digest);
    const listed = (await (await there(tag(amd64.digest))).json()) as { manifests: object[] };
    expect(listed.manifests).toMatchObject([{ digest: referrer.digest, artifactType: "application/vnd.in-toto+json" }]);
    expect((await there(referrer.digest)).status).toBe(200);
  });
});

describe("two processes at one folder", () => {
  it("do not write at once; a killed one's lock is taken over", async () => {
    const holder = home.path("shared", ".lock");
    expect((await pull("shared")).code).toBe(0);
    await writeFile(
      holder,
      JSON.stringify({ pid: process.pid, host: (await import("node:os")).hostname(), started: "" }),
    );
    const second = await pull("shared");
    expect(second.code).toBe(7);
    expect(second.stderr).toContain(`is being written by process ${process.pid}`);
    await writeFile(
      holder,
      JSON.stringify({ pid: 2 ** 22 - 1, host: (await import("node:os")).hostname(), started: "1" }),
    );
    expect((await pull("shared")).code).toBe(0);
  });
});
