import { writeFile } from "node:fs/promises";
import path from "node:path";
import { dump } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { services181 } from "../../components/kubeflow/releases/1.8.1/services.ts";
import { objectId } from "../../components/kit/objects.ts";
import { objectsIn } from "../kit/everything.ts";
import { EXTERNAL_SERVICES } from "../kit/external-services.ts";
import { NO_VIOLATIONS, violationsIn } from "../kit/must-hold/index.ts";
import { type Ended, RehearsalHome, summaryIn } from "../kit/rehearsal.ts";

let home: RehearsalHome;
let flags: string[];
let ended: Ended;

beforeAll(async () => {
  home = await RehearsalHome.open();
  const file = path.join(home.directory, "Pulumi.dev.yaml");
  const config = {
    "kubeflow:environment": "dev",
    "kubeflow:cloud": "existing",
    "kubeflow:secret": "outside-".repeat(4),
    "kubeflow:services": EXTERNAL_SERVICES,
  };
  await writeFile(file, dump({ config }));
  flags = ["dev", "--json", "--name", "outside", "--config", file];
  ended = await home.run([...flags, "--keep"]);
});
afterAll(() => home.close());

describe("with a database and an object store outside the cluster", () => {
  it("everything that is applied is ready", () => {
    expect(ended.code, ended.stderr).toBe(0);
    const { objects, workloads, pods } = summaryIn(ended);
    expect(objects.applied).toBe(objects.total);
    // Those of the default without mysql, minio and katib-mysql.
    expect(workloads).toEqual({ ready: 44, total: 44 });
    expect(pods).toMatchObject({ pending: 0, failed: 0 });
  });

  it("nothing of those in the cluster is there", async () => {
    const everything = await objectsIn(summaryIn(ended).kubeconfig ?? "");
    const ids = new Set(everything.map(objectId));
    const replaced = Object.values<readonly string[]>(services181.replaced).flat();
    expect(replaced.filter((id) => ids.has(id))).toEqual([]);
    expect([...ids].filter((id) => id.startsWith("PersistentVolumeClaim "))).toEqual([
      "PersistentVolumeClaim istio-system/authservice-pvc",
    ]);
    expect(violationsIn(everything)).toEqual(NO_VIOLATIONS);
  });

  it("a second run changes nothing", async () => {
    const second = await home.run(flags);
    expect(second.code, second.stderr).toBe(0);
    expect(summaryIn(second).objects).toMatchObject({ changed: 0, retried: 0 });
  });
});
