import { readdirSync, readFileSync } from "node:fs";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { at, listAt, textAt } from "../../components/kit/objects.ts";

const FOLDER = new URL("../../.github/workflows/", import.meta.url);
const files = readdirSync(FOLDER);

describe.each(files)("the workflow %s", (file) => {
  const text = readFileSync(new URL(file, FOLDER), "utf8");
  const workflow = load(text);
  const jobs = Object.entries(at(workflow, "jobs") as Record<string, unknown>);

  it("pins every action by the commit of a release", () => {
    const uses = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
    expect(uses.length).toBeGreaterThan(0);
    for (const action of uses) expect(action).toMatch(/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("gives no permission but to single jobs, which say which they need", () => {
    expect(at(workflow, "permissions")).toEqual({});
    for (const [name, job] of jobs) expect(at(job, "permissions"), name).toBeTypeOf("object");
  });

  it("runs nothing of a pull request where it may write", () => {
    const writers = jobs.filter(([, job]) => JSON.stringify(at(job, "permissions")).includes('"write"'));
    for (const [name, job] of writers) {
      expect(
        listAt(job, "steps").filter((step) => textAt(step, "run") !== undefined),
        name,
      ).toEqual([]);
    }
    expect(text).not.toContain("pull_request_target");
  });
});
