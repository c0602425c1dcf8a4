import { beforeAll, describe, expect, it } from "vitest";
import { groupKind, type KubernetesObject, objectId } from "../../../components/kit/objects.ts";
import { canonical } from "../../../components/kubeflow/images/reference.ts";
import { containersOf, workloadOf } from "../../../components/kubeflow/order/workload.ts";
import { contentsOf, type MirrorContents } from "../../../rehearsal/air-gap/contents.ts";
import { targetOf } from "../../../components/mirror/list/formats.ts";
import { objectsOf } from "../../../components/mirror/list/program.ts";
import { type ImagesLock, readLock } from "../../../components/mirror/list/lock.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { everythingMade } from "../../../rehearsal/air-gap/kinds/index.ts";
import type { Live } from "../../../rehearsal/air-gap/live.ts";
import type { Made } from "../../../rehearsal/air-gap/made.ts";
import { EVERY_COMPONENT, plannedRelease } from "../../kit/release.ts";

const REGISTRY = "registry.example.com:5000/kubeflow";
let lock: ImagesLock;
let contents: MirrorContents;
let installed: readonly KubernetesObject[];

beforeAll(async () => {
  lock = await readLock();
  contents = contentsOf(lock.images, REGISTRY);
  const settings = parseSettings({ environment: "prod", cloud: "existing" });
  installed = await objectsOf(settings, { airGap: { registry: REGISTRY } });
});

/** What would be in a cluster where these objects are applied. */
function clusterOf(objects: readonly KubernetesObject[]): Live {
  return {
    find: (id) => Promise.resolve(objects.find((object) => objectId(object) === id)),
    all: (kind) => Promise.resolve(objects.filter((object) => groupKind(object) === kind)),
  };
}

function imagesOf(made: readonly Made[]): string[] {
  const pods = made.flatMap(({ pods: all }) => all);
  return [
    ...new Set(pods.flatMap(({ containers, init = {} }) => [...Object.values(containers), ...Object.values(init)])),
  ];
}

async function foreignIn(objects: readonly KubernetesObject[]): Promise<string[]> {
  const images = imagesOf(await everythingMade(clusterOf(objects), "team"));
  const held = await Promise.all(images.map((image) => contents.find(image)));
  return images.filter((_, index) => held[index] !== "listed");
}

describe("what users make", () => {
  it("pulls from the mirror alone", async () => {
    expect(await foreignIn(installed)).toEqual([]);
  });

  it("and what is installed pull all that the mirror holds, but for choices that nobody has to make", async () => {
    const ofUsers = imagesOf(await everythingMade(clusterOf(installed), "team"));
    const ofPlatform = installed.flatMap((object) =>
      containersOf(workloadOf(object)?.podSpec).map((container) => (container as { image: string }).image),
    );
    const pulled = new Set([...ofUsers, ...ofPlatform].map(canonical));
    const never = lock.images.map(({ reference }) => reference).filter((one) => !pulled.has(targetOf(one, REGISTRY)));
    // gRPC without a proxy, a viewer without a template, and further versions of the old TensorBoard viewer.
    expect(never.filter((one) => !one.includes("tensorflow/tensorflow:"))).toEqual([
      "docker.io/filebrowser/filebrowser:latest",
      "docker.io/library/busybox:1.28",
    ]);
    expect(never.length).toBe(2 + 9);
  });

  it("would pull from elsewhere wherever one place were forgotten", async () => {
    const published = (await plannedRelease({ environment: "prod" })).waves.flat();
    const users = [
      "ConfigMap kubeflow/katib-config",
      "ConfigMap kubeflow/trial-templates",
      "ConfigMap kubeflow/inferenceservice-config",
      "ConfigMap kubeflow/jupyter-web-app-config-7tkbmh828d",
      "ConfigMap kubeflow/tensorboard-controller-config-b98cb9gk9k",
      "ConfigMap kubeflow/pipeline-install-config",
      "ConfigMap knative-serving/config-deployment",
      "Deployment.apps kubeflow/ml-pipeline",
      "Deployment.apps kubeflow/ml-pipeline-ui",
      "Deployment.apps kubeflow/workflow-controller",
      "Deployment.apps kubeflow/training-operator",
      "Deployment.apps kubeflow/volumes-web-app-deployment",
      "Deployment.apps kubeflow/kubeflow-pipelines-profile-controller",
      "Deployment.apps cert-manager/cert-manager",
      "ClusterServingRuntime.serving.kserve.io kserve-tritonserver",
    ];
    for (const id of users) {
      const original = published.find((object) => objectId(object) === id) as KubernetesObject;
      const forgotten = installed.map((object) => (objectId(object) === id ? original : object));
      expect((await foreignIn(forgotten)).length, id).toBeGreaterThan(0);
    }
  });

  it("is what is installed that acts on it", async () => {
    const components = { ...EVERY_COMPONENT, "models-web-app": false, kserve: false, volumes: false, notebooks: false };
    const objects = (await plannedRelease({ environment: "prod", components })).waves.flat();
    const kinds = new Set((await everythingMade(clusterOf(objects), "team")).map(({ object }) => object.kind));
    for (const kind of ["Workflow", "ApiServerSource", "PyTorchJob"]) expect(kinds).toContain(kind);
    for (const kind of ["Notebook", "PVCViewer", "InferenceService"]) expect(kinds).not.toContain(kind);
  });

  it("covers what the platform is used for", async () => {
    const kinds = new Set((await everythingMade(clusterOf(installed), "team")).map(({ object }) => object.kind));
    for (const kind of ["Workflow", "Notebook", "Experiment", "InferenceService", "Tensorboard", "PyTorchJob"]) {
      expect(kinds).toContain(kind);
    }
  });
});
