import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { runTool } from "../kit/rehearsal.ts";

it("rehearse --engine pulumi without a CLI says so and exits 2, before anything is started", async () => {
  const home = await mkdtemp(path.join(tmpdir(), "engines-"));
  const ended = await runTool("rehearsal/cli.ts", ["dev", "--engine", "pulumi"], {
    PATH: "/nowhere",
    XDG_STATE_HOME: home,
  });
  await rm(home, { recursive: true, force: true });
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/the Pulumi CLI, which is not on the PATH\n {2}Next: install it/);
});
