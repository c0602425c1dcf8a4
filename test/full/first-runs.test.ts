import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { obtain } from "../../toolchain/index.ts";
import { runTool } from "../kit/rehearsal.ts";
import { RunningTool } from "../kit/running.ts";

const RELEASE = "components/kubeflow/release/cli.ts";
/** Far more than any of these takes: a hang must end as a failure. */
const BOUND = 300_000;
const RENDERING = "rendering Kubeflow v1.8.1";
let cache: string;
let env: NodeJS.ProcessEnv;

/** As on a machine that has the binaries but has rendered nothing yet. */
beforeEach(async () => {
  cache = await mkdtemp(path.join(tmpdir(), "first-run-"));
  const { kustomize } = await obtain(["kustomize"]);
  env = { XDG_CACHE_HOME: cache, KUBEFLOW_TOOL_KUSTOMIZE: kustomize };
});
afterEach(() => rm(cache, { recursive: true, force: true }));

const verify = () => runTool(RELEASE, ["verify"], env);
const inCache = async () => (await readdir(path.join(cache, "kubeflow-on-pulumi/releases"))).sort();

describe("the first run", () => {
  it(
    "that was killed while it rendered leaves nothing that the next one takes for whole",
    { timeout: BOUND },
    async () => {
      const first = new RunningTool(RELEASE, ["verify"], env);
      const isRendering = async () => (await inCache().catch(() => [])).some((entry) => entry.endsWith(".draft"));
      await first.reaches(isRendering, "it rendered");
      await first.kill();
      const left = await inCache();
      expect(left).toContainEqual(expect.stringMatching(/^1\.8\.1-\w+\.draft$/));
      const second = await verify();
      expect(second.code, second.stderr).toBe(0);
      expect(second.stdout).toMatch(/^verified \d+ objects/);
      expect(second.stderr).toContain(RENDERING);
      expect((await inCache()).filter((entry) => /draft|lock/.test(entry))).toEqual([]);
    },
  );

  it(
    "does the work once where two are started together, and the other says that it waits",
    { timeout: BOUND },
    async () => {
      const both = await Promise.all([verify(), verify()]);
      for (const one of both) expect(one, one.stderr).toMatchObject({ code: 0 });
      const said = both.map(({ stderr }) => stderr).join("");
      expect(said.split(RENDERING).length - 1).toBe(1);
      expect(said).toContain("another run is rendering the release, waiting for that\n");
    },
  );
});
