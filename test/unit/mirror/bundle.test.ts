import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import * as tar from "tar";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { releases } from "../../../components/kubeflow/releases/index.ts";
import { createBundle } from "../../../components/mirror/bundle/create.ts";
import { checkInventory, INVENTORY_FILE, takeInventory, unmet } from "../../../components/mirror/bundle/inventory.ts";
import { needsOf, PACKAGES_FILE, PROJECT_FILE } from "../../../components/mirror/bundle/needs.ts";
import { pluginsFor } from "../../../components/mirror/bundle/plugins.ts";

const platform = { os: "linux", cpu: "x64" } as const;
const release = releases["1.8.1"];
let home: string;
let folder: string;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "bundle-test-"));
  folder = path.join(home, "bundle");
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** A small project under git, with a file that git does not know. */
async function smallProject(): Promise<string> {
  const project = path.join(home, "project");
  await mkdir(path.join(project, "src"), { recursive: true });
  const files = { "package.json": "{}", "package-lock.json": "{}", "src/index.ts": "export {};", kubeconfig: "secret" };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(project, name), text);
  await execa("git", ["init", "--quiet"], { cwd: project });
  await execa("git", ["add", "package.json", "package-lock.json", "src"], { cwd: project });
  return project;
}

async function create(files: readonly string[] = []) {
  const manifests = path.join(home, "manifests");
  await mkdir(path.join(manifests, "apps"), { recursive: true });
  await writeFile(path.join(manifests, "apps", "a.yaml"), "a: 1\n");
  const told: string[] = [];
  const made = await createBundle({
    ...{ folder, release, source: manifests, platform, files, report: (line) => told.push(line) },
    project: await smallProject(),
    fillCache: async (cache) => {
      await mkdir(path.join(cache, "npm-cache", "_cacache"), { recursive: true });
      await writeFile(path.join(cache, "npm-cache", "_cacache", "x"), "package");
    },
  });
  return { ...made, told };
}

async function namesIn(file: string): Promise<string[]> {
  const names: string[] = [];
  await tar.list({ file: path.join(folder, file), onReadEntry: ({ path: name }) => names.push(name) });
  return names.toSorted();
}

describe("a bundle", () => {
  it("has the project as git knows it, its packages, the manifests and what the user adds", async () => {
    const cli = path.join(home, "pulumi-v3.274.1-linux-x64.tar.gz");
    await writeFile(cli, "the CLI");
    const { inventory, told } = await create([cli]);
    expect(inventory.files.map(({ name }) => name)).toEqual(
      [release.archive, PROJECT_FILE, PACKAGES_FILE, path.basename(cli)].toSorted(),
    );
    expect(await namesIn(PROJECT_FILE)).toEqual(["package-lock.json", "package.json", "src/index.ts"]);
    expect(told).toContain("all but kubeconfig, which git does not know");
    expect(await namesIn(PACKAGES_FILE)).toContain("_cacache/x");
    expect(await namesIn(release.archive)).toContain("apps/a.yaml");
  });

  it("of the same things is the same to the byte", async () => {
    const first = await create();
    await rm(folder, { recursive: true });
    await rm(path.join(home, "project"), { recursive: true });
    expect((await create()).checksum).toBe(first.checksum);
  });

  it("is not put on top of something", async () => {
    await mkdir(folder);
    await writeFile(path.join(folder, "mine"), "");
    await expect(create()).rejects.toThrow("is not empty");
  });

  it("is not made from a file that is not there", async () => {
    await expect(create([path.join(home, "none.tar.gz")])).rejects.toThrow(/none\.tar\.gz cannot be copied/);
  });
});

describe("the inventory of a bundle", () => {
  beforeEach(async () => {
    await mkdir(folder);
    for (const name of ["a.tar", "b.tar", "c.tar"]) await writeFile(path.join(folder, name), `content of ${name}`);
  });

  it("finds nothing wrong with a copy, and gives the checksum that was printed", async () => {
    const { checksum } = await takeInventory(folder, "1.8.1");
    expect(await checkInventory(folder)).toMatchObject({ checksum, problems: [] });
  });

  it("finds one flipped bit, a lost file, a short one and one that was added", async () => {
    await writeFile(path.join(folder, "d.tar"), "content of d.tar");
    await takeInventory(folder, "1.8.1");
    const flipped = await readFile(path.join(folder, "a.tar"));
    flipped[3]! ^= 1;
    await writeFile(path.join(folder, "a.tar"), flipped);
    await rm(path.join(folder, "b.tar"));
    await writeFile(path.join(folder, "c.tar"), "content");
    await writeFile(path.join(folder, "e.tar"), "");
    expect((await checkInventory(folder)).problems).toEqual([
      expect.stringMatching(/^a\.tar is not what was packed: sha256 [0-9a-f]{64}, packed was [0-9a-f]{64}$/),
      "b.tar is missing (16 bytes)",
      "c.tar is not what was packed: 7 bytes, packed were 16",
      "e.tar is not in the inventory",
    ]);
  });

  it("gives another checksum for other content, however well it fits together", async () => {
    const { checksum } = await takeInventory(folder, "1.8.1");
    await writeFile(path.join(folder, "a.tar"), "something else.");
    expect((await takeInventory(folder, "1.8.1")).checksum).not.toBe(checksum);
  });

  it.each([
    ["{", "is damaged"],
    [JSON.stringify({ version: 1, release: "1.8.1", files: [{ name: "../../etc/passwd", size: 1 }] }), "is damaged"],
    [JSON.stringify({ version: 2, files: [] }), "is damaged"],
  ])("that is none is refused: %s", async (text, message) => {
    await writeFile(path.join(folder, INVENTORY_FILE), text);
    await expect(checkInventory(folder)).rejects.toThrow(message);
  });

  it("that is missing is told", async () => {
    await expect(checkInventory(folder)).rejects.toThrow(`has no ${INVENTORY_FILE}`);
  });
});

describe("what a site needs", () => {
  it("is met by the files as their projects name them", async () => {
    const needs = needsOf(release, await pluginsFor("aws"), platform);
    const files = needs.map(({ example }) => ({ name: example }));
    expect(unmet(needs, files)).toEqual([]);
    expect(unmet(needs, files.slice(1)).map(({ name }) => name)).toEqual([needs[0]?.name]);
    expect(needs.map(({ name }) => name).filter((name) => name.startsWith("provider"))).toEqual([
      expect.stringMatching(/^provider plugin kubernetes \d/),
      expect.stringMatching(/^provider plugin aws \d/),
    ]);
  });

  it("is Harbor's plugin, too, where the program makes a project of Harbor", async () => {
    const needs = needsOf(release, await pluginsFor("existing", true), platform);
    expect(needs.at(-1)).toMatchObject({
      name: "provider plugin harbor 3.10.21",
      example: "pulumi-resource-harbor-v3.10.21-linux-amd64.tar.gz",
      from: "https://github.com/pulumiverse/pulumi-harbor/releases/tag/v3.10.21",
    });
  });

  it("is not met by files for another machine, or of a version that is too old", () => {
    const needs = needsOf(release, { kubernetes: "4.34.2" }, platform);
    const wrong = [
      "node-v20.20.2-linux-x64.tar.xz",
      "pulumi-v3.274.1-linux-arm64.tar.gz",
      "pulumi-resource-kubernetes-v4.34.1-linux-amd64.tar.gz",
      "kustomize_v4.5.7_linux_amd64.tar.gz",
    ];
    expect(
      unmet(
        needs,
        wrong.map((name) => ({ name })),
      ),
    ).toEqual(needs);
  });
});
