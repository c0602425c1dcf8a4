import { writeFile } from "node:fs/promises";
import path from "node:path";
import { dump } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { releases } from "../../components/kubeflow/releases/index.ts";
import type { Selection } from "../../components/kubeflow/selection/components.ts";
import { objectsIn } from "../kit/everything.ts";
import { NO_VIOLATIONS, violationsIn } from "../kit/must-hold/index.ts";
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

/** Between them the versions that the platform must stand on. */
const MINORS = ["1.34", "1.36"] as const;

/** Every pair of two components, each on or off as their needs allow, is in one of these. */
const SELECTIONS = pairwise(releases["1.8.1"].components).map(
  (selection, index) => [namesIn(selection, true), MINORS[index % 2] ?? MINORS[0], selection, index] as const,
);

describe("of the optional components", () => {
  it.each(SELECTIONS)(
    "only %s, on Kubernetes %s: everything that is applied is ready, and nothing is there that must not be",
    async (_, minor, selection, index) => {
      const name = `pairwise-${index}`;
      const flags = ["--json", "--keep", "--name", name, "--kubernetes", minor];
      const ended = await home.run(["dev", ...flags, "--config", await stackWith(selection)]);
      expect(ended.code, ended.stderr).toBe(0);
      const { objects, workloads, pods } = summaryIn(ended);
      expect(objects.applied).toBe(objects.total);
      expect(objects.release).toBeLessThanOrEqual(objects.source);
      expect(workloads.ready).toBe(workloads.total);
      expect(pods).toMatchObject({ pending: 0, failed: 0 });
      expect(violationsIn(await objectsIn(summaryIn(ended).kubeconfig ?? ""))).toEqual(NO_VIOLATIONS);
      await home.run(["down", name]);
    },
  );
});
