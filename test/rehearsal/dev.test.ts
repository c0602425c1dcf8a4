import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KubernetesObject, listAt, objectId, textAt } from "../../components/kit/objects.ts";
import { differencesOf } from "../../rehearsal/comparison/difference.ts";
import { contentsOf } from "../../rehearsal/comparison/index.ts";
import { outsideConnections } from "../../rehearsal/control-plane/index.ts";
import { ApiClient } from "../../rehearsal/providers/kubernetes/client.ts";
import { liveObjects, versionsOf } from "../kit/cluster.ts";
import { objectsIn } from "../kit/everything.ts";
import { NO_VIOLATIONS, violationsIn } from "../kit/must-hold/index.ts";
import { type Ended, RehearsalHome, summaryIn } from "../kit/rehearsal.ts";
import { plannedRelease } from "../kit/release.ts";

let home: RehearsalHome;
let first: Ended;
let planned: readonly KubernetesObject[];
let live: Map<string, KubernetesObject>;
const kubeconfig = () => summaryIn(first).kubeconfig ?? "";

beforeAll(async () => {
  home = await RehearsalHome.open();
  first = await home.run(["dev", "--json", "--keep", "--name", "dev-test"]);
  planned = (await plannedRelease()).waves.flat();
  live = await liveObjects(kubeconfig(), planned);
});
afterAll(() => home.close());

/** Their controller writes one status each once it has found that there is no metrics API, up to 15 s after creation. */
async function autoscalersJudged(): Promise<void> {
  const like = { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name: "" } };
  const isJudged = (object: KubernetesObject) => listAt(object, "status", "conditions").length > 0;
  await expect
    .poll(async () => [...(await liveObjects(kubeconfig(), [like])).values()].every(isJudged), {
      timeout: 60_000,
      interval: 1000,
    })
    .toBe(true);
}

describe("rehearse dev", () => {
  it("applies the whole platform and the gates, and everything is ready", () => {
    expect(first.code, first.stderr).toBe(0);
    expect(summaryIn(first)).toMatchObject({
      ok: true,
      environment: "dev",
      kubernetes: "1.34.4",
      engine: "local",
      objects: { source: 634, release: 560, total: 642, applied: 642, changed: 642 },
      workloads: { ready: 47, total: 47 },
      pods: { pending: 0, failed: 0 },
      name: "dev-test",
    });
  });

  it("leaves every object of the release in the cluster", () => {
    expect(planned.map(objectId).filter((id) => !live.has(id))).toEqual([]);
  });

  it("has the pods of the mesh started with their sidecar, since the injector was ready before them", async () => {
    const pods = await liveObjects(kubeconfig(), [{ apiVersion: "v1", kind: "Pod", metadata: { name: "" } }]);
    const containers = (name: string) => {
      const pod = [...pods.values()].find((candidate) => candidate.metadata.name.startsWith(name));
      return listAt(pod, "spec", "containers").map((container) => textAt(container, "name"));
    };
    expect(containers("centraldashboard-")).toContain("istio-proxy");
    expect(containers("ml-pipeline-ui-")).toContain("istio-proxy");
    expect(containers("istiod-")).not.toContain("istio-proxy");
    expect(containers("katib-mysql-")).not.toContain("istio-proxy");
  });

  it("keeps the administrator's password out of everything that is not a Secret", () => {
    const dex = live.get("Secret auth/dex-oidc-client");
    const clientSecret = Buffer.from(textAt(dex, "data", "OIDC_CLIENT_SECRET") ?? "", "base64").toString();
    expect(clientSecret).toMatch(/^[A-Za-z0-9]{32}$/);
    const others = [...live.values()].filter((object) => object.kind !== "Secret");
    expect(JSON.stringify(others)).not.toContain(clientSecret);
    expect(first.stdout + first.stderr).not.toContain(clientSecret);
  });

  it("holds nothing that must not be: gone images, public credentials, open doors", async () => {
    const everything = await objectsIn(kubeconfig());
    expect(everything.length).toBeGreaterThan(planned.length);
    expect(violationsIn(everything)).toEqual(NO_VIOLATIONS);
  });

  it("has no connection to anything outside this machine", async () => {
    process.env["XDG_STATE_HOME"] = home.directory;
    expect(await outsideConnections("dev-test")).toEqual([]);
  });

  it("changes nothing when it is applied again", async () => {
    await autoscalersJudged();
    const before = versionsOf(await liveObjects(kubeconfig(), planned));
    const second = await home.run(["dev", "--json", "--name", "dev-test"]);
    expect(second.code, second.stderr).toBe(0);
    expect(summaryIn(second).objects).toMatchObject({ total: 642, applied: 642, changed: 0, retried: 0 });
    const after = versionsOf(await liveObjects(kubeconfig(), planned));
    expect([...after].filter(([id, version]) => before.get(id) !== version)).toEqual([]);
  });

  it("is told from another by every object and field in which they differ", async () => {
    const before = await contentsOf(kubeconfig());
    expect([...before.keys()].length).toBeGreaterThan(planned.length);
    const client = await ApiClient.connect(kubeconfig());
    await client.request("/api/v1/namespaces/kubeflow/configmaps/katib-config", {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: { metadata: { labels: { touched: "yes" } } },
    });
    await client.close();
    expect(differencesOf(before, await contentsOf(kubeconfig()))).toEqual([
      { object: "configmaps kubeflow/katib-config", found: { fields: [".metadata.labels"] } },
    ]);
    expect((await home.run(["compare", "dev-test", "dev-test"])).stdout).toMatch(/^\d+ objects compared, 0 differ\n$/);
  });

  it("is removed whole", async () => {
    expect(await home.run(["down", "dev-test"])).toMatchObject({ code: 0, stdout: "removed dev-test\n" });
    expect(await home.rehearsals()).toEqual([]);
  });
});
