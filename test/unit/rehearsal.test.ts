import { describe, expect, it } from "vitest";
import { parseSettings } from "../../components/settings/parse.ts";
import type { HostEvent } from "../../rehearsal/host/index.ts";
import { Journal } from "../../rehearsal/journal.ts";
import { nodesOf } from "../../rehearsal/nodes.ts";
import { reportByPart, tableOf, troublesOf } from "../../rehearsal/report.ts";

const nothing = { created: 0, changed: 0, unchanged: 0, deleted: 0 };
const result = { ok: true, interrupted: false, resources: [], outputs: {}, failures: [], retried: 0, objects: nothing };
const inspection = { workloads: [], pods: { running: 0, pending: 0, failed: 0 }, pending: [] };

describe("the nodes of a rehearsal", () => {
  it("are those of the settings, GPU nodes labelled and tainted", () => {
    const { cluster } = parseSettings({ environment: "prod", cloud: "existing" });
    const nodes = nodesOf(cluster);
    expect(nodes.map(({ name }) => name)).toEqual([
      "node-1",
      "node-2",
      "node-3",
      "node-4",
      "node-5",
      "node-6",
      "gpu-1",
    ]);
    expect(nodes[0]).toEqual({ name: "node-1", cpu: 32, memory: "128000000000", disk: 2e12, labels: {}, taints: [] });
    expect(nodes[6]).toMatchObject({ gpus: 8, taints: [{ key: "nvidia.com/gpu", effect: "NoSchedule" }] });
  });
});

describe("the report", () => {
  const event = (type: HostEvent["type"], name: string, message?: string): HostEvent => ({
    type,
    urn: `urn::${name}`,
    resourceType: "kubernetes:apps/v1:Deployment",
    name,
    parent: "urn:pulumi:dev::kubeflow::kubeflow:kubeflow:Kubeflow$kubeflow:kubeflow:Dex::dex",
    ...(message === undefined ? {} : { message }),
  });

  const said = (message: string): HostEvent => ({
    type: "log",
    severity: "error",
    urn: "",
    resourceType: "",
    name: "",
    message,
  });

  it("has a row a part: objects, workloads ready, and the slowest with its reason", () => {
    const journal = new Journal();
    journal.record(event("registering", "auth/dex"));
    journal.record(event("waiting", "auth/dex", "waiting for Deployment auth/dex: 0 of 1 ready"));
    expect(journal.progress()).toBe("0 of 1 registered resources ready; waiting for Deployment auth/dex: 0 of 1 ready");
    journal.record(event("created", "auth/dex"));
    const parts = {
      dex: { title: "Dex", type: "Dex", folders: [] },
      katib: { title: "Katib", type: "Katib", folders: [] },
    };
    const workloads = [{ kind: "Deployment" as const, namespace: "auth", name: "dex", ready: true }];
    const reports = reportByPart(parts, journal.entries(), { ...inspection, workloads });
    expect(reports).toMatchObject([{ title: "Dex", objects: 1, workloads: { ready: 1, total: 1 } }]);
    expect(tableOf(reports)).toMatch(/Dex +1 +1\/1 +\d\.\d s +Deployment auth\/dex \d\.\d s, 0 of 1 ready\n$/);
  });

  it("names every failure, every workload that is not ready and every pod that no node takes", () => {
    const urn = "urn:pulumi:dev::kubeflow::a:b:C$kubernetes:core/v1:Secret::kubeflow/x";
    const failing = { ...result, failures: [{ urn, message: "is forbidden" }] };
    const workloads = [{ kind: "Deployment" as const, namespace: "kubeflow", name: "mysql", ready: false }];
    const pending = [{ pod: "kubeflow/mysql-0", reason: "0/3 nodes are available: 3 Insufficient memory." }];
    expect(troublesOf(failing, { workloads, pending, pods: { running: 0, pending: 1, failed: 2 } })).toEqual([
      "failed: Secret kubeflow/x: is forbidden",
      "not ready: Deployment kubeflow/mysql",
      "pending: kubeflow/mysql-0: 0/3 nodes are available: 3 Insufficient memory.",
      "failed pods: 2",
    ]);
  });

  it("names what others still waited for when something else failed first", () => {
    const journal = new Journal();
    const quota =
      'waiting for Deployment a/x: 0 of 1 up to date: pods "x-1" is forbidden: exceeded quota: q, requested: pods=1';
    for (const name of ["a/x", "a/y"]) {
      journal.record(event("waiting", name, quota));
      journal.record(event("failed", name, "interrupted"));
    }
    expect(journal.progress()).toBe("2 of 2 registered resources ready");
    expect(troublesOf(result, inspection, journal)).toEqual([
      "waited for until the end: room in ResourceQuota q, by Deployment a/x, Deployment a/y",
    ]);
  });

  it("has one line a cause: what failed in the same words shares one, and so does what an early end left unready", () => {
    const failure = (kind: string, name: string, message: string) => ({
      urn: `urn:pulumi:dev::kubeflow::a:b:C$kubernetes:apps/v1:${kind}::kubeflow/${name}`,
      message,
    });
    const unready = (kind: string, name: string) =>
      failure(
        kind,
        name,
        `${kind} kubeflow/${name} is not ready after 20 s: pods "${name}-5d8f-x" is forbidden: no "y"`,
      );
    const failures = [
      failure("Secret", "s", "Unauthorized"),
      unready("Deployment", "mysql"),
      unready("Deployment", "minio"),
      unready("StatefulSet", "store"),
    ];
    const workloads = "abcdefg".split("").map((name) => ({
      kind: "Deployment" as const,
      namespace: "kubeflow",
      name,
      ready: false,
    }));
    const journal = new Journal();
    journal.record(said("Deployment kubeflow/mysql failed; it is in wave 5 of 8"));
    expect(troublesOf({ ...result, failures }, { ...inspection, workloads }, journal)).toEqual([
      "Deployment kubeflow/mysql failed; it is in wave 5 of 8",
      'failed: Deployment kubeflow/mysql is not ready after 20 s: pods "mysql-5d8f-x" is forbidden: no "y"; so did Deployment kubeflow/minio, StatefulSet kubeflow/store',
      "failed: Secret kubeflow/s: Unauthorized",
      "not ready: Deployment kubeflow/a, Deployment kubeflow/b, Deployment kubeflow/c, Deployment kubeflow/d, Deployment kubeflow/e and 2 more",
    ]);
  });

  it("tells an error of the program once", () => {
    const failures = [{ urn: "", message: "secret is missing\nand so is cloud" }];
    const journal = new Journal();
    journal.record(said("secret is missing"));
    journal.record(said("and so is cloud"));
    expect(troublesOf({ ...result, failures }, inspection, journal)).toEqual([
      "failed: secret is missing\nand so is cloud",
    ]);
  });

  it("says what objects are tried again for before what others wait for, and how many they are", () => {
    const journal = new Journal();
    const webhook = 'failed calling webhook "w": failed to call webhook: Post "https://hook.mesh.svc:443/x": 503';
    journal.record(event("waiting", "auth/dex", "waiting for Deployment auth/dex: 0 of 1 ready"));
    journal.record(event("retrying", "a/x", `1 of 100: ${webhook}`));
    journal.record(event("retrying", "a/y", `1 of 100: ${webhook}`));
    expect(journal.progress()).toBe(
      "0 of 3 registered resources ready; 2 objects wait for webhook w of Service mesh/hook (and 1 more)",
    );
    journal.record(event("created", "a/x"));
    journal.record(event("created", "a/y"));
    expect(journal.progress()).toBe("2 of 3 registered resources ready; waiting for Deployment auth/dex: 0 of 1 ready");
  });
});
