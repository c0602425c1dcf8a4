import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadRelease } from "../../../../components/kubeflow/release/index.ts";
import { digestsOf } from "../../../../components/kubeflow/release/lock.ts";
import { type ReleaseDefinition, releases } from "../../../../components/kubeflow/releases/index.ts";
import { obtain } from "../../../../toolchain/index.ts";

/** A release of two objects and an extra that says one of them anew, adds one and holds one that is not taken. */
let folder: string;
let env: NodeJS.ProcessEnv;
let release: ReleaseDefinition;

const configMap = (name: string, value: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data: { value },
});

async function writeKustomization(source: string, name: string, objects: readonly object[]): Promise<void> {
  await mkdir(path.join(source, name), { recursive: true });
  await writeFile(path.join(source, name, "kustomization.yaml"), "resources: [objects.yaml]\n");
  await writeFile(
    path.join(source, name, "objects.yaml"),
    objects.map((object) => JSON.stringify(object)).join("\n---\n"),
  );
}

async function writeLock(name: string, objects: Parameters<typeof digestsOf>[0]): Promise<URL> {
  const file = path.join(folder, name);
  await writeFile(file, JSON.stringify({ version: "0", commit: "c", objects: digestsOf(objects) }));
  return pathToFileURL(file);
}

async function sourceWith(extra: readonly object[]): Promise<string> {
  const source = await mkdtemp(path.join(folder, "source-"));
  await writeKustomization(source, "example", [configMap("first", "shipped"), configMap("second", "shipped")]);
  await writeKustomization(source, "common/more", extra);
  return source;
}

const EXTRA = [configMap("second", "other"), configMap("third", "new"), configMap("fourth", "not taken")];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "extras-test-"));
  const { kustomize } = await obtain(["kustomize"]);
  env = { ...process.env, XDG_CACHE_HOME: path.join(folder, "cache"), KUBEFLOW_TOOL_KUSTOMIZE: kustomize };
  release = {
    ...releases["1.8.1"],
    version: "0",
    parts: {},
    lock: await writeLock("lock.json", [configMap("first", "shipped"), configMap("second", "shipped")]),
    extras: {
      more: {
        kustomization: "common/more",
        objects: ["ConfigMap second", "ConfigMap third"],
        lock: await writeLock("lock-more.json", [configMap("second", "other"), configMap("third", "new")]),
      },
    },
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("an extra of a release", () => {
  it("stands in the place of what the release has too, and after it with the rest", async () => {
    const objects = await loadRelease(release, await sourceWith(EXTRA), { env, extras: ["more"] });
    expect(objects.map(({ object, origin }) => [object.metadata.name, object["data"], origin])).toEqual([
      ["first", { value: "shipped" }, "example/objects.yaml"],
      ["second", { value: "other" }, "common/more/objects.yaml"],
      ["third", { value: "new" }, "common/more/objects.yaml"],
    ]);
  });

  it("is not there unless it is asked for", async () => {
    expect(await loadRelease(release, await sourceWith(EXTRA), { env })).toHaveLength(2);
  });

  it("is refused by the name of what was tampered with or is missing", async () => {
    const source = await sourceWith([configMap("second", "evil"), configMap("fourth", "not taken")]);
    await expect(loadRelease(release, source, { env, extras: ["more"] })).rejects.toThrow(
      ["as locked:", "  missing (1): ConfigMap third", "  changed (1): ConfigMap second"].join("\n"),
    );
  });
});
