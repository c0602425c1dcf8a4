import { writeFile } from "node:fs/promises";
import path from "node:path";
import { dump } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { releases } from "../../components/kubeflow/releases/index.ts";
import type { Selection } from "../../components/kubeflow/selection/components.ts";
import { pairwise } from "../kit/pairwise.ts";
import { RehearsalHome, summaryIn } from "../kit/rehearsal.ts";

let home: RehearsalHome;

beforeAll(async () => {
  home = await RehearsalHome.open();
});
afterAll(() => home.close());

const namesIn = (selection: Selection, isOn: boolean) =>
  Object.keys(selection)
    .filter((name) => selection[name] === isOn)
    .join(", ");

async function stackWith(components: Selection): Promise<string> {
  const file = path.join(home.directory, "Pulumi.dev.yaml");
  const config = { "kubeflow:environment": "dev", "kubeflow:cloud": "existing", "kubeflow:components": components };
  await writeFile(file, dump({ config }));
  return file;
}

/** Every pair of two components, each on or off as their needs allow, is in one of these. */
describe("of the optional components", () => {
  it.each(pairwise(releases["1.8.1"].components).map((selection) => [namesIn(selection, true), selection] as const))(
    "only %s: everything that is applied is ready",
    async (_, selection) => {
      const ended = await home.run(["dev", "--json", "--config", await stackWith(selection)]);
      expect(ended.code, ended.stderr).toBe(0);
      const { objects, workloads, pods } = summaryIn(ended);
      expect(objects.applied).toBe(objects.total);
      expect(objects.release).toBeLessThanOrEqual(objects.source);
      expect(workloads.ready).toBe(workloads.total);
      expect(pods).toMatchObject({ pending: 0, failed: 0 });
    },
  );
});
