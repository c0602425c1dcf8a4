import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KUBERNETES, type KubernetesMinor } from "../../toolchain/index.ts";
import { objectsIn } from "../kit/everything.ts";
import { NO_VIOLATIONS, violationsIn } from "../kit/must-hold/index.ts";
import { RehearsalHome, summaryIn } from "../kit/rehearsal.ts";

let home: RehearsalHome;

beforeAll(async () => {
  home = await RehearsalHome.open();
});
afterAll(() => home.close());

describe.each(Object.keys(KUBERNETES) as KubernetesMinor[])("Kubernetes %s", (minor) => {
  it.each(["dev", "prod"])("takes the whole of %s, and everything is ready", async (environment) => {
    const name = `${environment}-${minor.replace(".", "-")}`;
    const flags = ["--cloud", "existing", "--kubernetes", minor, "--json", "--keep", "--name", name];
    const ended = await home.run([environment, ...flags]);
    expect(ended.code, ended.stderr).toBe(0);
    const { objects, workloads, ...summary } = summaryIn(ended);
    expect(summary).toMatchObject({ ok: true, environment, kubernetes: KUBERNETES[minor] });
    expect(summary.pods).toMatchObject({ pending: 0, failed: 0 });
    // istio-cni, which prod has and dev has not, is seven objects more.
    expect(objects.source).toBe(environment === "prod" ? 641 : 634);
    expect(objects.applied).toBe(objects.total);
    expect(workloads.total).toBeGreaterThan(45);
    expect(workloads.ready).toBe(workloads.total);
    expect(violationsIn(await objectsIn(summaryIn(ended).kubeconfig ?? ""))).toEqual(NO_VIOLATIONS);
    await home.run(["down", name]);
  });
});

describe.each(["1.31", "1.32"])("Kubernetes %s", (minor) => {
  it("is refused, with the versions that there are and why it is not one of them", async () => {
    const ended = await home.run(["dev", "--kubernetes", minor]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(
      `Kubernetes ${minor} is for clusters that exist; it cannot be rehearsed, for the Go`,
    );
    expect(ended.stderr).toContain("There is 1.33, 1.34, 1.35 and 1.36.");
    expect(await home.rehearsals()).toEqual([]);
  });
});
