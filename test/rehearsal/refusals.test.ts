import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RehearsalHome } from "../kit/rehearsal.ts";

let home: RehearsalHome;
let folder: string;

beforeAll(async () => {
  home = await RehearsalHome.open();
  folder = await mkdtemp(path.join(tmpdir(), "refusals-"));
});
afterAll(async () => {
  await home.close();
  await rm(folder, { recursive: true, force: true });
});

async function stackFile(content: string): Promise<string> {
  const file = path.join(folder, `Pulumi.${Math.random().toString(36).slice(2)}.yaml`);
  await writeFile(file, content);
  return file;
}

describe("rehearse refuses, before anything is started,", () => {
  it("settings with problems: exit 2, one error that lists them all", async () => {
    const config = await stackFile(
      "config:\n  kubeflow:cluster: {nodes: {count: 0}}\n  kubeflow:realease: {}\n  kubeflow:cloud: mars\n",
    );
    const ended = await home.run(["dev", "--config", config]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("the settings have 3 problems:");
    expect(ended.stderr).toContain("realease is not a setting (did you mean release?)");
    expect(ended.stderr).not.toContain("    at ");
    expect(await home.rehearsals()).toEqual([]);
  });

  it("a stack file that is not YAML or not there: exit 2", async () => {
    const broken = await home.run(["dev", "--config", await stackFile("config: [\n")]);
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain("is not YAML");
    const missing = await home.run(["dev", "--config", path.join(folder, "nowhere.yaml")]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("does not exist");
  });

  it("a source that is not there: exit 1, with the next step, as JSON too", async () => {
    const config = await stackFile("config:\n  kubeflow:release: {source: ./nowhere.tar.gz}\n");
    const ended = await home.run(["dev", "--config", config, "--json"]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/nowhere\.tar\.gz .* does not exist\n {2}Next: give a directory or a tar\.gz/);
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: false, environment: "dev" });
  });

  it("an unknown environment, option or name: exit 2", async () => {
    for (const args of [["staging"], ["dev", "--clout", "aws"], ["dev", "--name", "Not A Name"], ["down", "nobody"]]) {
      const ended = await home.run(args);
      expect(ended.code, args.join(" ")).toBe(2);
      expect(ended.stderr).not.toContain("    at ");
    }
  });

  it("a place for its files that cannot be one: exit 1, with another place to choose", async () => {
    const file = path.join(folder, "file");
    await writeFile(file, "");
    const ended = await home.run(["dev"], { XDG_STATE_HOME: file });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/cannot be written\n {2}Next: .*XDG_STATE_HOME=/);
  });
});
