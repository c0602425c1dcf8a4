import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runTool } from "../../../kit/rehearsal.ts";
import { THREE_TEAMS } from "../../../kit/tenancy/tenants.ts";

const reach = (...args: string[]) => runTool("components/tenancy/reach/cli.ts", args);

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "reach-"));
});
afterAll(() => rm(directory, { recursive: true }));

describe("npm run reach", () => {
  it("ends with one JSON object, and writes the page and the picture that it is asked for", async () => {
    const [page, picture] = [path.join(directory, "who.md"), path.join(directory, "who.svg")];
    const ended = await reach(
      "dev",
      "--config",
      fileURLToPath(THREE_TEAMS),
      "--json",
      "--markdown",
      page,
      "--svg",
      picture,
    );
    expect(ended.code, ended.stderr).toBe(0);
    const { rows, columns, cells } = JSON.parse(ended.stdout) as Record<string, { id: string }[]>;
    expect(columns?.map(({ id }) => id)).toContain("speech");
    expect(rows?.map(({ id }) => id)).toContain("finn@example.com");
    expect(ended.stderr).toContain(`${rows?.length} who, ${columns?.length} where, ${cells?.length} pairs`);
    expect(await readFile(page, "utf8")).toMatch(/^# Who can do what in dev\n/);
    expect(await readFile(picture, "utf8")).toMatch(/^<svg /);
  });

  it("says which file it cannot write, and which stacks there are", async () => {
    const unwritable = await reach("dev", "--svg", path.join(directory, "no", "such.svg"));
    expect(unwritable.code).toBe(1);
    expect(unwritable.stderr).toContain(`${path.join(directory, "no", "such.svg")} cannot be written: ENOENT`);
    const unknown = await reach("staging");
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("Allowed choices are dev, prod");
  });
});
