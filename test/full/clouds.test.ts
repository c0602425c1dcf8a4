import { writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cloudOf } from "../../components/cluster/clouds.ts";
import type { NodePool } from "../../components/cluster/contract.ts";
import { NODE_LABELS } from "../../components/cluster/sizing/pools.ts";
import { listAt, textAt } from "../../components/kit/objects.ts";
import { kubeconfigOf } from "../../rehearsal/control-plane/directory.ts";
import { kept } from "../../rehearsal/control-plane/index.ts";
import type { DestructionSummary } from "../../rehearsal/destroy-report.ts";
import { GOLDEN_CASES } from "../../rehearsal/graph/golden.ts";
import type { JsonObject } from "../../rehearsal/host/values.ts";
import { ApiClient } from "../../rehearsal/providers/kubernetes/client.ts";
import { objectsAt } from "../../rehearsal/providers/kubernetes/objects.ts";
import { readStack } from "../../rehearsal/stack.ts";
import { RehearsalHome, summaryIn } from "../kit/rehearsal.ts";

const FAULTS = fileURLToPath(new URL("faults", import.meta.url));
const ZONE = "topology.kubernetes.io/zone";
let home: RehearsalHome;

beforeAll(async () => {
  home = await RehearsalHome.open();
  home.moveIn();
});
afterAll(() => home.close());

/** Requests to a kept rehearsal, in the words of these tests. */
class Cluster {
  readonly #client: ApiClient;

  private constructor(client: ApiClient) {
    this.#client = client;
  }

  static async of(name: string): Promise<Cluster> {
    return new Cluster(await ApiClient.connect(kubeconfigOf(name)));
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async list(path: string): Promise<readonly JsonObject[]> {
    return objectsAt((await this.#client.request(path)).body, "items");
  }

  async remove(path: string): Promise<void> {
    await this.#client.request(path, { method: "DELETE", query: { gracePeriodSeconds: "0" } });
  }

  nodes(): Promise<readonly JsonObject[]> {
    return this.list("/api/v1/nodes");
  }

  async nodeOf(pod: string): Promise<string | undefined> {
    return textAt((await this.#client.request(`/api/v1/namespaces/default/pods/${pod}`)).body, "spec", "nodeName");
  }

  /** A pod of a user, in the namespace default. */
  async run(name: string, spec: JsonObject): Promise<void> {
    const resources = spec["resources"] ?? {};
    const body = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      spec: { containers: [{ name: "main", image: "busybox", resources }], tolerations: spec["tolerations"] ?? [] },
    };
    await this.#client.request("/api/v1/namespaces/default/pods", { method: "POST", body });
  }

  /** Why the scheduler leaves a pod where it is; empty once it has found a node. */
  async reason(namespace: string, isMeant: (pod: JsonObject) => boolean): Promise<string> {
    const pods = (await this.list(`/api/v1/namespaces/${namespace}/pods`)).filter(isMeant);
    const conditions = pods.flatMap((pod) => listAt(pod, "status", "conditions"));
    const scheduled = conditions.find((condition) => textAt(condition, "type") === "PodScheduled");
    return textAt(scheduled, "message") ?? "";
  }
}

const named = (name: string) => (pod: JsonObject) => textAt(pod, "metadata", "name") === name;
const labelOf = (object: JsonObject, label: string) => textAt(object, "metadata", "labels", label);
const GPUS = { limits: { "nvidia.com/gpu": "1" } };
const TOLERATIONS = [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }];

describe.each(GOLDEN_CASES)("$environment on simulated $cloud", ({ environment, cloud }) => {
  const name = `${environment}-${cloud}`;
  let cluster: Cluster;
  let pools: readonly NodePool[];

  beforeAll(async () => {
    const ended = await home.run([environment, "--cloud", cloud, "--name", name, "--keep", "--json"]);
    expect(ended.code, ended.stderr).toBe(0);
    const { ok, workloads, pods } = summaryIn(ended);
    expect({ ok, ready: workloads.ready }).toEqual({ ok: true, ready: workloads.total });
    expect(pods).toMatchObject({ pending: 0, failed: 0 });
    const { settings } = await readStack({ environment, cloud });
    pools = cloudOf(cloud).plan(settings.cluster).pools;
    cluster = await Cluster.of(name);
  });
  afterAll(async () => {
    await cluster.close();
    // A destroyed one is gone already.
    if ((await kept()).some((one) => one.name === name)) await home.run(["down", name]);
  });

  it("has the nodes of the plan, in its zones, with labels, taints and GPUs", async () => {
    const nodes = await cluster.nodes();
    for (const pool of pools) {
      const own = nodes.filter((node) => labelOf(node, NODE_LABELS.pool) === pool.name);
      expect(own, pool.name).toHaveLength(pool.count);
      for (const node of own) {
        const taints = listAt(node, "spec", "taints").map((taint) => ({ ...(taint as object) }));
        expect(taints).toEqual(pool.taints.map((taint) => expect.objectContaining(taint) as unknown));
        expect(textAt(node, "status", "capacity", "nvidia.com/gpu")).toBe(pool.gpu && String(pool.gpu.count));
        expect(textAt(node, "status", "capacity", "cpu")).toBe(String(pool.cpu));
      }
      const zones = new Set(own.map((node) => labelOf(node, ZONE)));
      const wanted = Math.min(pool.count, pool.zones.length);
      expect(zones.size, `zones of ${pool.name}`).toBe(wanted === 0 ? 1 : wanted);
    }
    expect(nodes).toHaveLength(pools.reduce((sum, { count }) => sum + count, 0));
  });

  it("has nothing on GPU nodes but what is on every node", async () => {
    const gpuNodes = (await cluster.nodes()).filter((node) => labelOf(node, NODE_LABELS.gpu) === "true");
    const names = gpuNodes.map((node) => textAt(node, "metadata", "name"));
    const pods = (await cluster.list("/api/v1/pods")).filter((pod) => names.includes(textAt(pod, "spec", "nodeName")));
    const owners = pods.map((pod) => textAt(listAt(pod, "metadata", "ownerReferences")[0], "kind"));
    expect(owners.filter((owner) => owner !== "DaemonSet")).toEqual([]);
  });

  it.runIf(environment === "prod")(
    "gives GPUs to what asks for them and tolerates their nodes, to nothing else",
    async () => {
      await cluster.run("wants-gpu", { resources: GPUS, tolerations: TOLERATIONS });
      await cluster.run("tolerates-nothing", { resources: GPUS });
      await cluster.run("wants-nothing", {});
      await expect.poll(() => cluster.nodeOf("wants-gpu"), { timeout: 20_000 }).toMatch(/gpu/);
      await expect.poll(() => cluster.nodeOf("wants-nothing"), { timeout: 20_000 }).not.toMatch(/gpu|^$/);
      await expect
        .poll(() => cluster.reason("default", named("tolerates-nothing")), { timeout: 20_000 })
        .toMatch(/1 node\(s\) had untolerated taint/);
      for (const pod of ["wants-gpu", "tolerates-nothing", "wants-nothing"]) {
        await cluster.remove(`/api/v1/namespaces/default/pods/${pod}`);
      }
    },
  );

  it.runIf(environment === "prod")("keeps everything while it is protected, and says how that is lifted", async () => {
    const ended = await home.run(["destroy", name]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("nothing is destroyed: the setting cluster.protect (true in prod) keeps\n");
    expect(ended.stderr).toMatch(new RegExp(`  ${cloud}:\\S+Cluster `));
    expect(ended.stderr).toContain(`Next: write "config: { kubeflow:cluster: { protect: false } }" into a file`);
    expect(await cluster.nodes()).toHaveLength(pools.reduce((sum, { count }) => sum + count, 0));
    const again = [environment, "--cloud", cloud, "--name", name, "--config", `${FAULTS}/unprotected.yaml`];
    const lifted = await home.run(again);
    expect(lifted.code, lifted.stderr).toBe(0);
  });

  it("is destroyed with its cluster; the volumes that stay are listed with the command that deletes each", async () => {
    const ended = await home.run(["destroy", name, "--json"]);
    expect(ended.code, ended.stderr).toBe(0);
    const summary = JSON.parse(ended.stdout) as DestructionSummary;
    expect(summary).toMatchObject({ ok: true, retained: { namespaces: [], claims: [] } });
    expect(summary.outliving?.volumes.toSorted()).toEqual([
      "istio-system/authservice-pvc",
      "kubeflow/katib-mysql",
      "kubeflow/minio-pvc",
      "kubeflow/mysql-pv-claim",
    ]);
    const command = /^ {2}(aws ec2 delete-volume|gcloud compute disks delete|doctl compute volume delete) /;
    expect(ended.stderr.split("\n").filter((line) => command.test(line))).toHaveLength(4);
    expect((await kept()).map((one) => one.name)).not.toContain(name);
  });
});

describe("on simulated AWS", () => {
  it("a pod whose volume is in a zone without nodes stays pending, and says so", async () => {
    const ended = await home.run(["dev", "--cloud", "aws", "--name", "zones", "--keep", "--json"]);
    expect(ended.code, ended.stderr).toBe(0);
    const cluster = await Cluster.of("zones");
    try {
      const pods = await cluster.list("/api/v1/namespaces/kubeflow/pods");
      const isMysql = (pod: JsonObject) => labelOf(pod, "app") === "mysql";
      const mysql = pods.find(isMysql);
      const nodes = await cluster.nodes();
      const home = nodes.find((node) => textAt(node, "metadata", "name") === textAt(mysql, "spec", "nodeName"));
      const zone = labelOf(home as JsonObject, ZONE);
      expect(zone).toBeDefined();
      for (const node of nodes.filter((one) => labelOf(one, ZONE) === zone)) {
        await cluster.remove(`/api/v1/nodes/${textAt(node, "metadata", "name")}`);
      }
      await cluster.remove(`/api/v1/namespaces/kubeflow/pods/${textAt(mysql, "metadata", "name")}`);
      const isNew = (pod: JsonObject) => isMysql(pod) && textAt(pod, "spec", "nodeName") === undefined;
      await expect
        .poll(() => cluster.reason("kubeflow", isNew), { timeout: 30_000 })
        .toMatch(/didn't match PersistentVolume's node affinity|volume node affinity conflict/);
    } finally {
      await cluster.close();
    }
  });

  it("nodes with a taint that nothing tolerates leave everything pending, and say which", async () => {
    const args = ["--faults", `${FAULTS}/nodes-tainted.json`, "--config", `${FAULTS}/short-deadline.yaml`];
    const ended = await home.run(["dev", "--cloud", "aws", "--json", ...args]);
    expect(ended.code).toBe(1);
    expect(summaryIn(ended).pods.pending).toBeGreaterThan(0);
    expect(ended.stderr).toMatch(/3 node\(s\) had untolerated taint/);
  });

  it("a pool that is too small leaves pods pending, and says what is missing", async () => {
    const ended = await home.run(["dev", "--cloud", "aws", "--json", "--config", `${FAULTS}/one-small-node.yaml`]);
    expect(ended.code).toBe(1);
    expect(summaryIn(ended).pods.pending).toBeGreaterThan(0);
    expect(ended.stderr).toMatch(/1 Insufficient (cpu|memory)/);
  });

  it.each([
    [
      "an unknown instance type",
      "{ nodes: { instanceType: m5.gigantic } }",
      "the catalogue has no instance type m5.gigantic",
    ],
    ["one zone", "{ zones: [use1-az1] }", "use1-az1 is one zone"],
  ])("%s is refused before a control plane is started", async (_, cluster, text) => {
    const file = path.join(home.directory, "settings.yaml");
    await writeFile(file, `config:\n  kubeflow:cluster: ${cluster}\n`);
    const ended = await home.run(["prod", "--cloud", "aws", "--config", file]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(text);
    expect(ended.stderr).not.toContain("kube-apiserver");
  });
});
