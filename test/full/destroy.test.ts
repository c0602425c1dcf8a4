import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseSettings } from "../../components/settings/parse.ts";
import {
  COMPONENTS,
  type ControlPlane,
  createDefaultStorageClass,
  createNodes,
  start,
} from "../../rehearsal/control-plane/index.ts";
import type { DestructionSummary } from "../../rehearsal/destroy-report.ts";
import type { JsonObject } from "../../rehearsal/host/values.ts";
import { nodesOf } from "../../rehearsal/nodes.ts";
import { ApiClient } from "../../rehearsal/providers/kubernetes/client.ts";
import { obtain } from "../../toolchain/index.ts";
import { everythingIn } from "../kit/everything.ts";
import { RehearsalHome, summaryIn } from "../kit/rehearsal.ts";

const stateHome = process.env["XDG_STATE_HOME"];
let home: RehearsalHome;
let controlPlane: ControlPlane;
let before: readonly string[];

/** What the controllers of a real cluster would have made, and a user; the stand-ins make none of these. */
const MADE_BY_OTHERS: Readonly<Record<string, { kind: string; metadata: { name: string; labels?: JsonObject } }>> = {
  "/api/v1/namespaces/default/configmaps": authority(),
  "/api/v1/namespaces/kubeflow/configmaps": authority(),
  "/api/v1/namespaces/istio-system/secrets": { kind: "Secret", metadata: { name: "istio-ca-secret" } },
  "/apis/coordination.k8s.io/v1/namespaces/kubeflow/leases": {
    kind: "Lease",
    metadata: { name: "workflow-controller" },
  },
  "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases": {
    kind: "Lease",
    metadata: { name: "cert-manager-controller" },
  },
  "/apis/kubeflow.org/v1/namespaces/kubeflow-admin/notebooks": {
    kind: "Notebook",
    metadata: { name: "of-a-user" },
  },
};

function authority() {
  return { kind: "ConfigMap", metadata: { name: "istio-ca-root-cert", labels: { "istio.io/config": "true" } } };
}

beforeAll(async () => {
  home = await RehearsalHome.open();
  process.env["XDG_STATE_HOME"] = home.directory;
  controlPlane = await start({ name: "destroyed", binaries: await obtain([...COMPONENTS]) });
  const { cluster } = parseSettings({ environment: "dev", cloud: "existing" });
  await createNodes(controlPlane.kubeconfig, nodesOf(cluster));
  await createDefaultStorageClass(controlPlane.kubeconfig);
  await controlPlane.keep();
  before = await everythingIn(controlPlane.kubeconfig);
});
afterAll(async () => {
  await home.close();
  if (stateHome === undefined) delete process.env["XDG_STATE_HOME"];
  else process.env["XDG_STATE_HOME"] = stateHome;
});

async function install(): Promise<void> {
  const ended = await home.run(["dev", "--name", "destroyed", "--json"]);
  expect(ended.code, ended.stderr).toBe(0);
  expect(summaryIn(ended).workloads).toEqual({ ready: 47, total: 47 });
}

async function destroy(...flags: readonly string[]): Promise<DestructionSummary & { readonly told: string }> {
  const ended = await home.run(["destroy", "destroyed", "--json", ...flags]);
  expect(ended.code, ended.stderr).toBe(0);
  return { ...(JSON.parse(ended.stdout) as DestructionSummary), told: ended.stderr };
}

async function make(collection: string, object: JsonObject): Promise<void> {
  const client = await ApiClient.connect(controlPlane.kubeconfig);
  const apiVersion = collection
    .split("/")
    .slice(2, 4)
    .join("/")
    .replace(/^v1\/.*$/, "v1");
  await client.request(collection, { method: "POST", body: { apiVersion, ...object } });
  await client.close();
}

/** Of more than was there before the installation. */
async function whatIsLeft(): Promise<string[]> {
  return (await everythingIn(controlPlane.kubeconfig)).filter((object) => !before.includes(object));
}

describe("a destroy", () => {
  let volumes: readonly (string | undefined)[];

  it("leaves nothing of an installation but the volumes, with the namespaces that hold them", async () => {
    await install();
    for (const [collection, object] of Object.entries(MADE_BY_OTHERS)) await make(collection, object);
    const { told, ...summary } = await destroy();
    expect(summary).toMatchObject({
      ok: true,
      objects: { deleted: 588, kinds: 44 },
      retained: {
        namespaces: ["istio-system", "kubeflow"],
        claims: [
          { namespace: "istio-system", name: "authservice-pvc", size: "10Gi" },
          { namespace: "kubeflow", name: "katib-mysql", size: "10Gi" },
          { namespace: "kubeflow", name: "minio-pvc", size: "20Gi" },
          { namespace: "kubeflow", name: "mysql-pv-claim", size: "20Gi" },
        ],
      },
    });
    volumes = summary.retained.claims.map(({ volume }) => volume);
    expect(told).toContain("npm run rehearse -- destroy destroyed --delete-data");
    expect(await whatIsLeft()).toEqual(
      [
        ...["istio-system", "kubeflow"].flatMap((namespace) => [
          `configmaps ${namespace}/kube-root-ca.crt`,
          `namespaces ${namespace}`,
          `serviceaccounts ${namespace}/default`,
        ]),
        ...summary.retained.claims.map(({ namespace, name }) => `persistentvolumeclaims ${namespace}/${name}`),
        ...volumes.map((volume) => `persistentvolumes ${volume}`),
      ].toSorted(),
    );
  });

  it("is followed by an installation that uses the same volumes", async () => {
    await install();
    const left = await whatIsLeft();
    expect(left.filter((object) => object.startsWith("persistentvolumes "))).toEqual(
      volumes.map((volume) => `persistentvolumes ${volume}`).toSorted(),
    );
  });

  it("is refused while users have data, which is told with the command that deletes it", async () => {
    await make("/apis/kubeflow.org/v1/profiles", {
      kind: "Profile",
      metadata: { name: "of-a-user" },
      spec: { owner: { kind: "User", name: "user@example.org" } },
    });
    const present = await everythingIn(controlPlane.kubeconfig);
    const ended = await home.run(["destroy", "destroyed"]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(
      "users have data in the cluster, which a destroy would delete:\n" +
        "  profile of-a-user\n" +
        "  Next: save what is needed of it, then npm run rehearse -- destroy destroyed --delete-data",
    );
    expect(await everythingIn(controlPlane.kubeconfig)).toEqual(expect.arrayContaining(present));
  });

  it("that is killed is taken up by the next one, which removes the data too when asked to", async () => {
    const killed = home.start(["destroy", "destroyed", "--json", "--delete-data"]);
    await killed.shows("waiting for profiles kubeflow-admin");
    await killed.kill();
    const { told, ...summary } = await destroy("--delete-data");
    expect(summary).toMatchObject({ ok: true, retained: { namespaces: [], claims: [] } });
    expect(told).toContain("Nothing is left of it.");
    expect(await whatIsLeft()).toEqual([]);
  });

  it("of what is destroyed already finds nothing to do", async () => {
    expect(await destroy()).toMatchObject({ ok: true, objects: { deleted: 0, leftovers: 0 } });
  });
});
