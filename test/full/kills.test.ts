import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listAt, type KubernetesObject, objectId, textAt } from "../../components/kit/objects.ts";
import { parseSettings } from "../../components/settings/parse.ts";
import { Client } from "../../rehearsal/control-plane/client.ts";
import { COMPONENTS, createDefaultStorageClass, createNodes, start } from "../../rehearsal/control-plane/index.ts";
import { nodesOf } from "../../rehearsal/nodes.ts";
import { obtain } from "../../toolchain/index.ts";
import { liveObjects } from "../kit/cluster.ts";
import { type Ended, RehearsalHome, summaryIn } from "../kit/rehearsal.ts";
import { plannedRelease } from "../kit/release.ts";

/** Far more than any of these takes: a hang must end as a failure. */
const BOUND = 900_000;
let home: RehearsalHome;
let settings: string;
let planned: readonly KubernetesObject[];
/** What is in the cluster after an installation that nobody disturbed. */
let undisturbed: string[];

beforeAll(async () => {
  home = await RehearsalHome.open();
  home.moveIn();
  settings = path.join(home.directory, "settings.yaml");
  // One stack secret for all, so that what is derived from it is the same everywhere.
  await writeFile(settings, `config:\n  kubeflow:secret: ${"kill-nine".repeat(4)}\n`);
  planned = (await plannedRelease()).waves.flat();
  await standControlPlane("undisturbed");
  const ended = await install("undisturbed");
  expect(ended.code, ended.stderr).toBe(0);
  undisturbed = await everythingIn(summaryIn(ended).kubeconfig ?? "");
  await home.run(["down", "undisturbed"]);
}, BOUND);
afterAll(() => home.close());

/** A furnished control plane that no command owns, so that killing one leaves it standing. */
async function standControlPlane(name: string): Promise<string> {
  const controlPlane = await start({ name, binaries: await obtain([...COMPONENTS]) });
  const { cluster } = parseSettings({ environment: "dev", cloud: "existing" });
  await createNodes(controlPlane.kubeconfig, nodesOf(cluster));
  await createDefaultStorageClass(controlPlane.kubeconfig);
  await controlPlane.keep();
  return controlPlane.kubeconfig;
}

const argumentsFor = (name: string) => ["dev", "--json", "--name", name, "--config", settings];
const install = (name: string): Promise<Ended> => home.run(argumentsFor(name));

/** Starts the installation and kills it, with everything it started, as soon as the object exists. */
async function killWhen(name: string, client: Client, object: string): Promise<void> {
  const rehearsal = home.start(argumentsFor(name));
  await rehearsal.reaches(async () => (await client.find(object)) !== undefined, `${object} existed`);
  await rehearsal.kill();
}

/** Ids of the objects of every kind of the release and of what controllers make of them; of pods, the workload's name. */
async function everythingIn(kubeconfig: string): Promise<string[]> {
  const made = ["apps/v1 ReplicaSet", "v1 Pod", "v1 PersistentVolume"].map((text) => {
    const [apiVersion = "", kind = ""] = text.split(" ");
    return { apiVersion, kind, metadata: { name: "" } };
  });
  const live = await liveObjects(kubeconfig, [...planned, ...made]);
  return [...live.values()].map(lastingId).sort();
}

function lastingId(object: KubernetesObject): string {
  if (object.kind === "PersistentVolume") return `volume of ${textAt(object, "spec", "claimRef", "name")}`;
  const owner = textAt(listAt(object, "metadata", "ownerReferences")[0], "name");
  return object.kind === "Pod" && owner !== undefined ? `pod of ${owner}` : objectId(object);
}

const crd = (name: string) => `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
const gate = (wave: number) => `/api/v1/namespaces/kubeflow/configmaps/kubeflow-install-wave-${wave}`;
const deployment = (namespace: string, name: string) => `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;

describe("an installation that is killed is completed by the next one,", () => {
  it.each([
    [
      "once early, between and within the waves",
      [
        crd("virtualservices.networking.istio.io"),
        gate(1),
        deployment("cert-manager", "cert-manager"),
        deployment("kubeflow", "mysql"),
        "/apis/cert-manager.io/v1/namespaces/kubeflow/certificates/katib-webhook-cert",
      ],
    ],
    [
      "where a wave has just ended",
      ["/api/v1/namespaces/kubeflow", gate(2), deployment("istio-system", "istio-ingressgateway"), gate(7)],
    ],
    ["in the middle, once", [deployment("kubeflow", "minio")]],
  ])("%s", { timeout: BOUND }, async (title, moments) => {
    const name = `killed-${moments.length}`;
    const kubeconfig = await standControlPlane(name);
    const client = await Client.open(kubeconfig);
    for (const moment of moments) await killWhen(name, client, moment);
    await client.close();
    const ended = await install(name);
    expect(ended.code, ended.stderr).toBe(0);
    const { ok, objects, workloads, pods } = summaryIn(ended);
    expect({ ok, applied: objects.applied, ready: workloads.ready }).toEqual({
      ok: true,
      applied: objects.total,
      ready: workloads.total,
    });
    expect(pods).toMatchObject({ pending: 0, failed: 0 });
    expect(await everythingIn(kubeconfig)).toEqual(undisturbed);
    await home.run(["down", name]);
  });
});
