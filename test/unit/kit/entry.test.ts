import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));
let copy: string;

/** A project whose dependencies are installed, on a platform for which no pinned Node.js comes as a package. */
beforeAll(async () => {
  copy = await mkdtemp(path.join(tmpdir(), "entry-"));
  await mkdir(path.join(copy, "bin"));
  await mkdir(path.join(copy, "node_modules"));
  await copyFile(path.join(PROJECT, "bin/run.mjs"), path.join(copy, "bin/run.mjs"));
  await copyFile(path.join(PROJECT, "package-lock.json"), path.join(copy, "package-lock.json"));
  const lock = createHash("sha256").update(await readFile(path.join(PROJECT, "package-lock.json")));
  await writeFile(path.join(copy, "node_modules/.installed"), lock.digest("hex"));
  await writeFile(path.join(copy, "say.ts"), "const words: string = process.argv[2]!; console.log(words);\n");
});
afterAll(() => rm(copy, { recursive: true, force: true }));

/** Runs a command of the project as that version of Node.js would: it tells its version before anything else runs. */
function runAs(version: string, project: string, ...args: string[]) {
  const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`;
  const preload = `data:text/javascript,${encodeURIComponent(pretend)}`;
  return execa(process.execPath, ["--import", preload, path.join(project, "bin/run.mjs"), ...args], { reject: false });
}

describe("a command of the project", () => {
  it("says at once that a Node.js is too old to begin with", async () => {
    expect(await runAs("18.20.8", PROJECT, "rehearsal/cli.ts")).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: "Node.js 18.20.8 is too old: 20 or newer is needed to begin\n  Next: install Node.js 24",
    });
  });

  it("hands over to the pinned Node.js, whatever began", async () => {
    const { stdout } = await runAs("20.0.0", PROJECT, "prettier", "--version");
    expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("says so where there is no pinned Node.js and the one that began cannot run TypeScript", async () => {
    expect(await runAs("22.18.0", copy, "say.ts", "hello")).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: "Node.js 22.18.0 is too old on this platform: 22.19 or newer is needed\n  Next: install Node.js 24",
    });
  });

  it("runs on the Node.js that began where that is new enough", async () => {
    expect(await runAs("22.19.0", copy, "say.ts", "hello")).toMatchObject({ exitCode: 0, stdout: "hello" });
  });
});
