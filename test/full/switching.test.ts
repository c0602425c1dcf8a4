import { writeFile } from "node:fs/promises";
import path from "node:path";
import { dump } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { at, type KubernetesObject, listAt, objectId } from "../../components/kit/objects.ts";
import { isRetained } from "../../components/kubeflow/removal.ts";
import { ApiClient } from "../../rehearsal/providers/kubernetes/client.ts";
import { liveObjects, versionsOf } from "../kit/cluster.ts";
import { type Ended, RehearsalHome, summaryIn } from "../kit/rehearsal.ts";
import { EVERY_COMPONENT, plannedRelease } from "../kit/release.ts";

const SECRET = "switching".repeat(4);
const AUTOSCALER = { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name: "" } };
/** Of a user, held by a finalizer of the controller that is switched off. */
const EXPERIMENT = {
  apiVersion: "kubeflow.org/v1beta1",
  kind: "Experiment",
  metadata: { name: "of-a-user", namespace: "kubeflow-admin", finalizers: ["update-prometheus-metrics"] },
};

let home: RehearsalHome;
/** Every kind that the platform ever has here. */
let kinds: readonly KubernetesObject[];

beforeAll(async () => {
  home = await RehearsalHome.open();
  kinds = [...(await plan({ ...EVERY_COMPONENT })), EXPERIMENT];
});
afterAll(() => home.close());

async function plan(components: Readonly<Record<string, boolean>>): Promise<readonly KubernetesObject[]> {
  return (await plannedRelease({ components })).waves.flat();
}

/** Installs these components on the cluster of the test. */
async function run(components: Readonly<Record<string, boolean>>): Promise<Ended> {
  const file = path.join(home.directory, "Pulumi.dev.yaml");
  const settings = { environment: "dev", cloud: "existing", secret: SECRET, components };
  const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`kubeflow:${key}`, value]));
  await writeFile(file, dump({ config }));
  const ended = await home.run(["dev", "--json", "--keep", "--name", "switched", "--config", file]);
  expect(ended.code, ended.stderr).toBe(0);
  const { objects, workloads, pods } = summaryIn(ended);
  expect(objects.applied).toBe(objects.total);
  expect(workloads.ready).toBe(workloads.total);
  expect(pods).toMatchObject({ pending: 0, failed: 0 });
  return ended;
}

/** What is in the cluster, once controllers have written the last of what they find out by themselves. */
async function settled(ended: Ended): Promise<Map<string, KubernetesObject>> {
  const kubeconfig = summaryIn(ended).kubeconfig ?? "";
  const isJudged = (object: KubernetesObject) => listAt(object, "status", "conditions").length > 0;
  await vi.waitFor(
    async () => {
      const autoscalers = [...(await liveObjects(kubeconfig, [AUTOSCALER])).values()];
      expect(autoscalers.filter((object) => !isJudged(object)).map(objectId)).toEqual([]);
    },
    { timeout: 60_000, interval: 1000 },
  );
  return liveObjects(kubeconfig, kinds);
}

/** Ids of what the one plan has and the other lacks, or has otherwise. */
function differing(one: readonly KubernetesObject[], other: readonly KubernetesObject[]): Set<string> {
  const texts = new Map(other.map((object) => [objectId(object), JSON.stringify(object)]));
  return new Set(one.filter((object) => texts.get(objectId(object)) !== JSON.stringify(object)).map(objectId));
}

/** Of the plan, what has another version in the cluster than before. */
function touched(
  planned: readonly KubernetesObject[],
  before: ReadonlyMap<string, KubernetesObject>,
  after: ReadonlyMap<string, KubernetesObject>,
): string[] {
  const [old, now] = [versionsOf(before), versionsOf(after)];
  return planned.map(objectId).filter((id) => old.get(id) !== now.get(id));
}

/**
 * Whether nobody but Kubernetes has written an object. Its controller collects rules of roles by server-side apply, which
 * makes a role anew that is deleted at that very moment: empty, bound to nobody, taken over when the component comes back.
 */
function isBroughtBack(object: KubernetesObject | undefined): boolean {
  const managers = listAt(object, "metadata", "managedFields").map((entry) => at(entry, "manager"));
  return object?.kind === "ClusterRole" && managers.every((one) => one === "clusterrole-aggregation-controller");
}

describe("a component switched off and on again", () => {
  const off = { katib: false };
  const experiment = objectId(EXPERIMENT);
  let withKatib: readonly KubernetesObject[];
  let without: readonly KubernetesObject[];
  let before: Map<string, KubernetesObject>;
  let after: Map<string, KubernetesObject>;

  beforeAll(async () => {
    [withKatib, without] = [await plan({}), await plan(off)];
    const first = await run({});
    const client = await ApiClient.connect(summaryIn(first).kubeconfig ?? "");
    const path = "/apis/kubeflow.org/v1beta1/namespaces/kubeflow-admin/experiments";
    await client.request(path, { method: "POST", body: EXPERIMENT });
    await client.close();
    before = await settled(first);
    after = await settled(await run(off));
  });

  it("goes whole, but for what holds data: volumes, and kinds with what users made of them", () => {
    const left = without.map(objectId);
    const removed = withKatib.filter((object) => !left.includes(objectId(object)));
    const there = removed.filter(
      (object) => after.has(objectId(object)) && !isBroughtBack(after.get(objectId(object))),
    );
    expect(there.map(objectId).toSorted()).toEqual(removed.filter(isRetained).map(objectId).toSorted());
    expect(there.map(objectId)).toContain("PersistentVolumeClaim kubeflow/katib-mysql");
    expect(there.map(objectId)).toContain("CustomResourceDefinition.apiextensions.k8s.io experiments.kubeflow.org");
    expect(removed.length - there.length).toBeGreaterThan(20);
    expect(versionsOf(after).get(experiment)).toBe(versionsOf(before).get(experiment));
  });

  it("changes nothing else but what must know of it", () => {
    const meant = differing(without, withKatib);
    // What Kubernetes collects from the roles of all components.
    const collected = without.filter((object) => object["aggregationRule"] !== undefined).map(objectId);
    expect(touched(without, before, after).filter((id) => !meant.has(id) && !collected.includes(id))).toEqual([]);
    expect([...meant]).toContain("ConfigMap kubeflow/centraldashboard-config");
    expect(meant.size).toBeLessThan(20);
  });

  it("stays off: a second run changes nothing", async () => {
    const again = await run(off);
    expect(summaryIn(again).objects).toMatchObject({ changed: 0, retried: 0 });
    expect(touched(without, after, await settled(again))).toEqual([]);
  });

  it("comes back with what users had, and Knative Eventing with it where that is switched on", async () => {
    const back = await run({ "knative-eventing": true });
    const live = await settled(back);
    const planned = await plan({ "knative-eventing": true });
    expect(planned.map(objectId).filter((id) => !live.has(id))).toEqual([]);
    expect(versionsOf(live).get(experiment)).toBe(versionsOf(before).get(experiment));
    expect(at(live.get("Namespace knative-eventing"), "status", "phase")).toBe("Active");
  });

  it("that is off by default goes whole as well, its namespace included, and once", async () => {
    const live = await settled(await run({}));
    const had = (await plan({ "knative-eventing": true })).map(objectId);
    const ids = new Set(withKatib.map(objectId));
    const there = had.filter((id) => live.has(id) && !ids.has(id) && !isBroughtBack(live.get(id)));
    expect(there.filter((id) => !id.startsWith("CustomResourceDefinition"))).toEqual([]);
    expect(withKatib.map(objectId).filter((id) => !live.has(id))).toEqual([]);
    expect(summaryIn(await run({})).objects).toMatchObject({ changed: 0, retried: 0 });
  });
});
