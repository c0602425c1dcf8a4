import { mkdir, readdir, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../components/kit/errors.ts";
import { locate, obtain } from "../../../toolchain/index.ts";
import { newMachine } from "./machine.ts";

describe("a binary named by a setting", () => {
  it("is used, before the cache and PATH", async () => {
    const machine = await newMachine();
    await machine.installGo("5.8.1");
    await obtain(["kustomize"], { env: machine.env });
    await machine.script("kustomize", "echo v5.8.1");
    const own = await machine.script("my-kustomize", "echo v5.5.0", machine.folder);
    const env = { ...machine.env, KUBEFLOW_TOOL_KUSTOMIZE: own };
    expect(await locate(["kustomize"], { env })).toEqual([
      { tool: "kustomize", version: "5.5.0", origin: "setting", from: "KUBEFLOW_TOOL_KUSTOMIZE", path: own },
    ]);
  });

  it("is refused when missing or not executable", async () => {
    const machine = await newMachine();
    const plain = path.join(machine.folder, "plain");
    await writeFile(plain, "");
    for (const value of [path.join(machine.folder, "absent"), plain, machine.folder]) {
      const env = { ...machine.env, KUBEFLOW_TOOL_KUBE_APISERVER: value };
      await expect(obtain(["kube-apiserver"], { env })).rejects.toThrow(
        `KUBEFLOW_TOOL_KUBE_APISERVER=${value} is not an executable file\n  Next: set KUBEFLOW_TOOL_KUBE_APISERVER to kube-apiserver 1.34.4`,
      );
    }
  });

  it("is refused when of the wrong version, or silent about it", async () => {
    const machine = await newMachine();
    const old = await machine.script("old", "echo Client Version: v1.33.0");
    const silent = await machine.script("silent", "exit 1");
    const attempt = (file: string) => obtain(["kubectl"], { env: { ...machine.env, KUBEFLOW_TOOL_KUBECTL: file } });
    await expect(attempt(old)).rejects.toThrow(`${old} is version 1.33.0; allowed is 1.34.4`);
    await expect(attempt(silent)).rejects.toThrow(`${silent} does not tell its version`);
    await expect(attempt(old)).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe("a binary on PATH", () => {
  it("is used when its version is right, others are passed over", async () => {
    const machine = await newMachine();
    const second = path.join(machine.folder, "second");
    await mkdir(second);
    await machine.script("kustomize", "echo v4.5.7");
    const good = await machine.script("kustomize", "echo v5.4.3", second);
    const env = { ...machine.env, PATH: `${machine.env["PATH"]}:${second}` };
    expect(await obtain(["kustomize"], { env })).toEqual({ kustomize: good });
  });

  it("of the wrong version is told when nothing else works", async () => {
    const machine = await newMachine();
    const file = await machine.script("kubectl", "echo Client Version: v1.20.0");
    await expect(obtain(["kubectl"], { env: machine.env })).rejects.toThrow(`${file} is version 1.20.0, not 1.34.4`);
  });
});

describe("the cache", () => {
  it("serves a second run without Go, under the same path", async () => {
    const machine = await newMachine();
    await machine.installGo("5.8.1");
    const first = await obtain(["kustomize"], { env: machine.env });
    await machine.script("go", "exit 1");
    expect(await obtain(["kustomize"], { env: machine.env })).toEqual(first);
    expect(await machine.builds()).toHaveLength(1);
  });

  it("refuses an entry that lost its end, with the way out", async () => {
    const machine = await newMachine();
    await machine.installGo("5.8.1");
    const { kustomize } = await obtain(["kustomize"], { env: machine.env });
    await truncate(kustomize, 3);
    const entry = path.dirname(kustomize);
    await expect(obtain(["kustomize"], { env: machine.env })).rejects.toThrow(
      `the cached kustomize in ${entry} is damaged\n  Next: rm -r ${entry}`,
    );
  });

  it("that cannot be written is one clear error", async () => {
    const machine = await newMachine();
    await machine.installGo("5.8.1");
    const file = path.join(machine.folder, "file");
    await writeFile(file, "");
    const attempt = obtain(["kustomize"], { env: { ...machine.env, XDG_CACHE_HOME: file } });
    await expect(attempt).rejects.toThrow(UserError);
    await expect(attempt).rejects.toThrow("XDG_CACHE_HOME");
  });

  it("holds nothing but the binary and its record", async () => {
    const machine = await newMachine();
    await machine.installGo("5.8.1");
    const { kustomize } = await obtain(["kustomize"], { env: machine.env });
    expect((await readdir(path.dirname(kustomize))).sort()).toEqual(["kustomize", "origin.json"]);
    expect(await machine.cached()).toHaveLength(1);
  });
});
