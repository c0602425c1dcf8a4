import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tar from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf, digestsOf } from "../../../components/kubeflow/release/lock.ts";
import { loadRelease } from "../../../components/kubeflow/release/index.ts";
import { findSource } from "../../../components/kubeflow/release/source.ts";
import { type ReleaseDefinition, releases } from "../../../components/kubeflow/releases/index.ts";
import { obtain } from "../../../toolchain/index.ts";

/** A release of two files, so that what is wrong with a source shows in milliseconds. */
let folder: string;
let source: string;
let release: ReleaseDefinition;
let env: NodeJS.ProcessEnv;

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {key: value}\n`;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "release-test-"));
  source = path.join(folder, "source");
  const { kustomize } = await obtain(["kustomize"]);
  env = { ...process.env, XDG_CACHE_HOME: path.join(folder, "cache"), KUBEFLOW_TOOL_KUSTOMIZE: kustomize };
  delete env["KUBEFLOW_MANIFESTS"];
  await mkdir(path.join(source, "apps"), { recursive: true });
  await mkdir(path.join(source, "example"));
  await writeFile(path.join(source, "apps", "one.yaml"), configMap("one"));
  await writeFile(path.join(source, "apps", "two.yaml"), configMap("two"));
  await writeFile(path.join(source, "apps", "kustomization.yaml"), "resources: [one.yaml, two.yaml]\n");
  await writeFile(path.join(source, "example", "kustomization.yaml"), "resources: [../apps]\n");
  const lock = path.join(folder, "lock.json");
  const objects = ["one", "two"].map((name) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name },
    data: { key: "value" },
  }));
  await writeFile(lock, JSON.stringify({ version: "0", commit: "c", objects: digestsOf(objects) }));
  release = {
    ...releases["1.8.1"],
    version: "0",
    archive: "manifests.tar.gz",
    lock: new URL(`file://${lock}`),
    parts: {},
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const load = (setting: string) => loadRelease(release, setting, { env });

async function copyOfSource(change: (copy: string) => Promise<void>): Promise<string> {
  const copy = await mkdtemp(path.join(folder, "copy-"));
  execFileSync("cp", ["-r", `${source}/.`, copy]);
  await change(copy);
  return copy;
}

async function archiveOf(directory: string): Promise<string> {
  const file = path.join(await mkdtemp(path.join(folder, "archive-")), "manifests.tar.gz");
  await tar.create({ gzip: true, file, cwd: directory }, ["."]);
  return file;
}

describe("a source of the release", () => {
  it("gives each object with the file that it comes from", async () => {
    expect((await load(source)).map(({ object, origin }) => [object.metadata.name, origin])).toEqual([
      ["one", "apps/one.yaml"],
      ["two", "apps/two.yaml"],
    ]);
  });

  it("may be a tar.gz", async () => {
    expect(await load(await archiveOf(source))).toHaveLength(2);
  });

  it("is rendered once for each content", async () => {
    const lines: string[] = [];
    const copy = await copyOfSource(() => Promise.resolve());
    const report = (line: string) => lines.push(line);
    await loadRelease(release, source, { env, report });
    await loadRelease(release, copy, { env, report });
    expect(lines).toEqual([]);
  });

  it("is refused by the name of the objects that were tampered with, are missing or are too many", async () => {
    const copy = await copyOfSource(async (directory) => {
      await writeFile(path.join(directory, "apps", "one.yaml"), configMap("one").replace("value", "evil"));
      await writeFile(path.join(directory, "apps", "three.yaml"), configMap("three"));
      await writeFile(path.join(directory, "apps", "kustomization.yaml"), "resources: [one.yaml, three.yaml]\n");
    });
    await expect(load(copy)).rejects.toThrow(
      [
        "are not Kubeflow v0 as locked:",
        "  missing (1): ConfigMap two",
        "  changed (1): ConfigMap one",
        "  unexpected (1): ConfigMap three",
        "  Next: use an unchanged copy of the release",
      ].join("\n"),
    );
  });

  it("is refused by the name of a file that is missing", async () => {
    const copy = await copyOfSource((directory) => rm(path.join(directory, "apps", "two.yaml")));
    await expect(load(copy)).rejects.toThrow(/cannot be rendered: .*two\.yaml.*\n {2}Next: the source is incomplete/s);
  });

  it("is refused by what it lacks of its own where a setting asks for that", async () => {
    await expect(loadRelease(releases["1.8.1"], undefined, { extras: ["training-operator-1.8.0"] })).rejects.toThrow(
      /have no apps\/training-operator-1\.8\.0\/overlays\/kubeflow\n {2}Next: copy the folder manifests of/,
    );
  });

  it("is refused when its archive is truncated", async () => {
    const archive = path.join(folder, "truncated.tar.gz");
    await copyFile(await archiveOf(source), archive);
    await truncate(archive, Math.floor((await readFile(archive)).length / 2));
    await expect(load(archive)).rejects.toThrow(/the archive .*truncated\.tar\.gz is damaged or not a tar\.gz/);
  });

  it("is refused when it is not there", async () => {
    await expect(load(path.join(folder, "nowhere"))).rejects.toThrow(
      /nowhere \(setting release\.source\) cannot be read: it does not exist\n {2}Next: give a directory or a tar\.gz/,
    );
  });

  it("is found beside the project, unless the environment names another", async () => {
    const project = path.join(folder, "project");
    await mkdir(project);
    await copyFile(await archiveOf(source), path.join(folder, "manifests.tar.gz"));
    expect((await findSource(release, undefined, { env, projectDirectory: project })).description).toContain(
      "found beside the project",
    );
    const named = { ...env, KUBEFLOW_MANIFESTS: source };
    expect((await findSource(release, undefined, { env: named, projectDirectory: project })).description).toContain(
      "KUBEFLOW_MANIFESTS",
    );
  });
});

describe("a git source", () => {
  const git = (cwd: string, ...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      cwd,
      encoding: "utf8",
    }).trim();

  async function repository(message: string): Promise<ReleaseDefinition> {
    const copy = await copyOfSource(() => Promise.resolve());
    git(copy, "init", "-q");
    git(copy, "add", "-A");
    git(copy, "commit", "-qm", message);
    git(copy, "config", "uploadpack.allowAnySHA1InWant", "true");
    const commit = git(copy, "rev-parse", "HEAD");
    return { ...release, repository: copy, commit, tree: git(copy, "rev-parse", "HEAD^{tree}") };
  }

  it("is the pinned commit", async () => {
    expect(await loadRelease(await repository("one"), "git", { env })).toHaveLength(2);
  });

  it("is refused when its tree is not the pinned one", async () => {
    const pinned = { ...(await repository("another")), tree: "0".repeat(40) };
    await expect(loadRelease(pinned, "git", { env })).rejects.toThrow(/the pinned tree is 0{40}\n {2}Next: do not use/);
  });

  it("is not asked for where downloads are off", async () => {
    const remote = { ...release, repository: "https://git.invalid/manifests", commit: "2".repeat(40) };
    const offline = { ...env, KUBEFLOW_DOWNLOADS: "off" };
    await expect(loadRelease(remote, "git", { env: offline })).rejects.toThrow(
      /git could not fetch .*: downloads are off/,
    );
  });

  it("that cannot be reached says what to do instead", async () => {
    const gone = { ...release, repository: path.join(folder, "no-repository"), commit: "1".repeat(40) };
    await expect(loadRelease(gone, "git", { env })).rejects.toThrow(
      /git could not fetch .*\n {2}Next: put manifests\.tar\.gz into the project's folder, or set release\.source/,
    );
  });
});

it("a digest does not depend on the order of keys", () => {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", namespace: "y" } };
  const reordered = { metadata: { namespace: "y", name: "x" }, kind: "ConfigMap", apiVersion: "v1" };
  expect(digestOf(reordered)).toBe(digestOf(object));
});
