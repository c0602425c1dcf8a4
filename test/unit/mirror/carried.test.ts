import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tar from "tar";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { releases } from "../../../components/kubeflow/releases/index.ts";
import { examineBundle, examineCache, examineLayout } from "../../../components/mirror/bundle/carried.ts";
import type { Finding } from "../../../components/mirror/bundle/doctor.ts";
import { takeInventory } from "../../../components/mirror/bundle/inventory.ts";
import { needsOf } from "../../../components/mirror/bundle/needs.ts";
import { missingPackages } from "../../../components/mirror/bundle/packages.ts";
import { Layout } from "../../../components/mirror/layout/layout.ts";
import type { Digest } from "../../../components/mirror/oci/digest.ts";
import { makeImage, type MadeImage, noise, sha256 } from "../../kit/images.ts";

const PLATFORM = { os: "linux", cpu: "x64" } as const;
const release = releases["1.8.1"];
const PLUGIN = "pulumi-resource-kubernetes-v4.34.2-linux-amd64.tar.gz";
const needs = needsOf(release, { kubernetes: "4.34.2" }, PLATFORM);

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "carried-test-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const named = (findings: readonly Finding[], name: string) => findings.find((finding) => finding.name === name);

/** A bundle with a file for each need, without those left out; its npm cache is empty. */
async function bundle(without: readonly string[] = []): Promise<string> {
  const folder = path.join(home, "bundle");
  await mkdir(path.join(home, "cache", "_cacache"), { recursive: true });
  await mkdir(folder);
  for (const { example } of needs) if (!without.includes(example)) await writeFile(path.join(folder, example), example);
  await tar.create({ file: path.join(folder, "npm-cache.tar"), cwd: path.join(home, "cache") }, ["_cacache"]);
  await takeInventory(folder, release.version);
  return folder;
}

describe("the doctor, of a bundle,", () => {
  it("finds a damaged file", async () => {
    const folder = await bundle();
    expect(named(await examineBundle(folder, needs, PLATFORM), "files of the bundle")).toMatchObject({ ok: true });
    const content = await readFile(path.join(folder, PLUGIN));
    content[0]! ^= 1;
    await writeFile(path.join(folder, PLUGIN), content);
    expect(named(await examineBundle(folder, needs, PLATFORM), "files of the bundle")).toMatchObject({
      ok: false,
      detail: expect.stringContaining(`${PLUGIN} is not what was packed: sha256`) as string,
      next: `copy ${folder} again from where it was packed`,
    });
  });

  it("finds a missing plugin, and where it is published", async () => {
    const folder = await bundle([PLUGIN]);
    expect(
      named(await examineBundle(folder, needs, PLATFORM), "provider plugin kubernetes 4.34.2 in the bundle"),
    ).toEqual({
      name: "provider plugin kubernetes 4.34.2 in the bundle",
      ok: false,
      detail: `no ${PLUGIN}`,
      next: "bring it; it is published at https://github.com/pulumi/pulumi-kubernetes/releases/tag/v4.34.2",
    });
  });

  it("finds npm packages that its cache lacks", async () => {
    const folder = await bundle();
    expect(named(await examineBundle(folder, needs, PLATFORM), "npm packages in the bundle")).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/^\d{3} missing: .*; and \d+ more$/) as string,
      next: expect.stringContaining("--platform linux-x64") as string,
    });
  });
});

describe("npm packages", () => {
  const sha512 = Buffer.alloc(64, 7).toString("base64");
  const file = `_cacache/content-v2/sha512/07/07/${"07".repeat(62)}`;
  const lockOf = (entry: object) =>
    JSON.stringify({
      packages: {
        "": { dependencies: { a: "1" } },
        "node_modules/a": { optionalDependencies: { "@x/b": "1", wasm: "1" } },
        "node_modules/a/node_modules/@x/b": { version: "1.2.3", ...entry },
        "node_modules/wasm": { cpu: ["wasm32"], optional: true, dependencies: { runtime: "1" } },
        "node_modules/runtime": { version: "2.0.0", optional: true, integrity: "sha512-AAAA" },
      },
    });
  const missing = (entry: object, files: readonly string[] = []) =>
    missingPackages(lockOf({ integrity: `sha512-${sha512}`, ...entry }), PLATFORM, (name) => files.includes(name));

  it("are found by their digest, wherever they came from", async () => {
    expect(await missing({})).toEqual(["@x/b@1.2.3"]);
    expect(await missing({}, [file])).toEqual([]);
  });

  it("of other machines are not missed", async () => {
    expect(await missing({ os: ["darwin"] })).toEqual([]);
    expect(await missing({ cpu: ["arm64"] })).toEqual([]);
    expect(await missing({ os: ["linux"], cpu: ["x64"] })).toEqual(["@x/b@1.2.3"]);
    expect(await missing({ optional: true, libc: ["musl"] })).toEqual([]);
  });

  it("are looked for in the folder that npm is told to use, where it must not ask anybody", async () => {
    expect(await examineCache({}, PLATFORM)).toEqual([]);
    const [finding] = await examineCache({ npm_config_offline: "true", npm_config_cache: home }, PLATFORM);
    expect(finding).toMatchObject({ name: `npm packages in ${home}`, ok: false });
  });
});

describe("the doctor, of images,", () => {
  const folder = () => path.join(home, "images");

  async function write(images: Readonly<Record<string, MadeImage>>): Promise<Layout> {
    const layout = await Layout.openOrCreate(folder());
    for (const [reference, image] of Object.entries(images)) {
      for (const blob of image.blobs) await writeFile(layout.blobFile(sha256(blob)), blob);
      const digest = image.digest as Digest;
      layout.writeManifest(digest, image.content);
      await layout.list(reference, { digest, size: image.content.length, mediaType: image.mediaType });
    }
    await layout.close();
    return layout;
  }

  const wanted = ["docker.io/site/a:1", "docker.io/site/b:1"].map((reference) => ({ reference }));

  it("finds that all of them are there", async () => {
    await write({
      "docker.io/site/a:1": makeImage([noise("a", 100)]),
      "docker.io/site/b:1": makeImage([noise("b", 100)]),
    });
    expect(await examineLayout(folder(), wanted)).toEqual({
      name: `images in ${folder()}`,
      ok: true,
      detail: "all 2, whole",
    });
  });

  it("finds one that is missing, and one of which a layer was cut off", async () => {
    const layer = noise("a", 100);
    const layout = await write({ "docker.io/site/a:1": makeImage([layer]) });
    await writeFile(layout.blobFile(sha256(layer)), layer.subarray(0, 50));
    const finding = await examineLayout(folder(), wanted);
    expect(finding.ok).toBe(false);
    expect(finding.detail).toMatch(/^2 of 2 missing or not whole: /);
    expect(finding.detail).toContain(`E_MISSING docker.io/site/b:1 is not in ${folder()}`);
    expect(finding.detail).toMatch(/docker\.io\/site\/a:1: blob \S+ is not in .*, or not whole/);
    expect(finding.detail).not.toContain("Next:");
    expect(finding.next).toContain("mirror -- pull");
  });

  it("finds that a folder is no layout", async () => {
    expect(await examineLayout(home, wanted)).toMatchObject({
      ok: false,
      detail: expect.stringContaining("is not an image layout") as string,
    });
  });
});
