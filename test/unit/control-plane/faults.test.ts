import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFaults } from "../../../rehearsal/control-plane/faults.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "faults-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(content: string): Promise<string> {
  const file = path.join(folder, "plan.json");
  await writeFile(file, content);
  return file;
}

describe("a fault plan", () => {
  it("has its defaults filled in", async () => {
    const plan = { neverBackend: ["a/b"], restartApiServer: { at: { object: "/api/v1/nodes/n" } } };
    expect(await readFaults(await written(JSON.stringify(plan)))).toEqual({
      neverBackend: ["a/b"],
      restartApiServer: { at: { object: "/api/v1/nodes/n", seconds: 0 }, downSeconds: 0 },
    });
  });

  it.each([
    ["{", /is not JSON: /],
    ["[]", /is not one:\n✖ Invalid input: expected object, received array/],
    ['{ "delayBackends": {} }', /Unrecognized key: "delayBackends"/],
    ['{ "neverBackend": ["istiod"] }', /a Service is written namespace\/name\n {2}→ at neverBackend\[0\]/],
    ['{ "restartApiServer": { "at": { "object": "nodes/n" } } }', /an object is named by its API path/],
  ])("that is %s is refused with what is wrong and exit code 2", async (content, problem) => {
    const file = await written(content);
    const refusal = readFaults(file);
    await expect(refusal).rejects.toMatchObject({ exitCode: 2, next: "docs/faults.md shows plans that work" });
    await expect(refusal).rejects.toThrow(problem);
    await expect(refusal).rejects.toThrow(`the fault plan ${file} is not `);
  });

  it("that is not there is refused", async () => {
    await expect(readFaults(path.join(folder, "nowhere.json"))).rejects.toThrow(/nowhere\.json does not exist\n/);
  });
});
