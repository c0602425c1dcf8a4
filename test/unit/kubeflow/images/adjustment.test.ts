import { beforeAll, describe, expect, it } from "vitest";
import { type KubernetesObject, listAt, objectId, textAt } from "../../../../components/kit/objects.ts";
import { withCredentials } from "../../../../components/kubeflow/credentials/apply.ts";
import { credentialsFrom } from "../../../../components/kubeflow/credentials/derive.ts";
import {
  type ImageOptions,
  imagesAdjustment,
  imagesOf,
  inOrder,
  movingTo,
  pinning,
} from "../../../../components/kubeflow/images/index.ts";
import { IMAGES_ANNOTATION } from "../../../../components/kubeflow/images/restart.ts";
import { suspectsIn } from "../../../../components/kubeflow/images/scan.ts";
import { withImages } from "../../../../components/kubeflow/images/uses.ts";
import { each, type Plan, planInstall } from "../../../../components/kubeflow/plan.ts";
import { repaired } from "../../../../components/kubeflow/repairs/index.ts";
import { images181 } from "../../../../components/kubeflow/releases/1.8.1/images.ts";
import { goneRegistries181 } from "../../../../components/kubeflow/releases/1.8.1/replacements.ts";
import { releases } from "../../../../components/kubeflow/releases/index.ts";
import { realRelease } from "../../../kit/release.ts";

const credentials = credentialsFrom("0123456789abcdef0123456789abcdef");

async function planned(options: Omit<ImageOptions, "images"> = {}): Promise<Plan> {
  const adjustments = [
    each(repaired),
    each((object) => withCredentials(object, credentials, releases["1.8.1"].credentials)),
    imagesAdjustment({ images: images181, ...options }),
  ];
  return planInstall(releases["1.8.1"], await realRelease(), adjustments);
}

const find = (objects: readonly KubernetesObject[], id: string) => objects.find((object) => objectId(object) === id);
const container = (object: unknown, field: string) =>
  listAt(object, "spec", "template", "spec", "containers", 0, field);

let source: KubernetesObject[];
let plan: Plan;
let objects: KubernetesObject[];

beforeAll(async () => {
  source = (await realRelease()).map(({ object }) => repaired(object));
  plan = await planned();
  objects = plan.waves.flat();
});

describe("the platform", () => {
  it("names no registry that is known to be gone, anywhere", () => {
    const mentions = (all: readonly KubernetesObject[]) =>
      goneRegistries181.filter((registry) => JSON.stringify(all).includes(registry));
    expect(mentions(source)).toEqual(goneRegistries181);
    expect(mentions(objects)).toEqual([]);
  });

  it("uses every replacement, and needs every one", () => {
    const before = new Set(imagesOf(source, images181.places).map(({ reference }) => reference));
    const after = new Set(imagesOf(objects, images181.places).map(({ reference }) => reference));
    for (const { from, to } of images181.replacements) {
      expect(before, from).toContain(from);
      expect(after, to).toContain(to);
    }
  });

  it("takes Pipelines and Argo each from one version, what is compiled in included", () => {
    const references = imagesOf(objects, images181.places).filter(({ isWhole }) => isWhole);
    const versions = (prefix: string) =>
      new Set(references.filter((use) => use.reference.startsWith(prefix)).map((use) => use.reference.split(":")[1]));
    expect(versions("ghcr.io/kubeflow/kfp-")).toEqual(new Set(["2.4.1"]));
    expect(versions("quay.io/argoproj/")).toEqual(new Set(["v3.4.17"]));
    expect(container(find(objects, "Deployment.apps kubeflow/ml-pipeline"), "env")).toEqual(
      expect.arrayContaining([
        { name: "V2_DRIVER_IMAGE", value: "ghcr.io/kubeflow/kfp-driver:2.4.1" },
        { name: "V2_LAUNCHER_IMAGE", value: "ghcr.io/kubeflow/kfp-launcher:2.4.1" },
      ]),
    );
    const profiles = find(objects, "Deployment.apps kubeflow/kubeflow-pipelines-profile-controller");
    expect(container(profiles, "env")).toEqual(
      expect.arrayContaining([
        { name: "FRONTEND_IMAGE", value: "ghcr.io/kubeflow/kfp-frontend" },
        { name: "FRONTEND_TAG", value: "2.4.1" },
      ]),
    );
  });

  it("has no string that looks like an image and is not accounted for", () => {
    expect(suspectsIn(objects, imagesOf(objects, images181.places), images181.notImages)).toEqual([]);
  });

  it("is the same when it is adjusted again", () => {
    const shipped = objects.map((object) => ({ object, part: plan.partOf(object) }));
    const again = imagesAdjustment({ images: images181 })(shipped);
    expect(again.map(({ object }) => object)).toEqual(objects);
  });
});

describe("what Pipelines 2.4.1 needs", () => {
  const repair = (name: string) => images181.repairs.find((one) => one.name === name);

  it.each(images181.repairs.map(({ name }) => name))("%s is due in the real rendering, and once", (name) => {
    const changed = source.filter((object) => repair(name)?.apply(object) !== object);
    expect(changed.length).toBeGreaterThan(0);
    for (const object of changed) {
      const once = repair(name)?.apply(object) as KubernetesObject;
      expect(repair(name)?.apply(once), objectId(object)).toBe(once);
    }
  });

  it("is a configuration that Argo 3.4 reads without a key that it does not know", () => {
    const configuration = find(objects, "ConfigMap kubeflow/workflow-controller-configmap");
    expect(Object.keys(configuration?.["data"] as object).toSorted()).toEqual(["artifactRepository", "executor"]);
  });

  it("is a kind for artifacts to collect, served before the controller starts, that the controller may watch", () => {
    const id = "CustomResourceDefinition.apiextensions.k8s.io workflowartifactgctasks.argoproj.io";
    const definition = find(objects, id) as KubernetesObject;
    expect(plan.partOf(definition).name).toBe("pipelines");
    const waveOf = (wanted: string) => plan.waves.findIndex((wave) => find(wave, wanted) !== undefined);
    expect(waveOf(id)).toBeLessThan(waveOf("Deployment.apps kubeflow/workflow-controller"));
    const rules = listAt(find(objects, "ClusterRole.rbac.authorization.k8s.io argo-cluster-role"), "rules");
    const rule = rules.find((one) => listAt(one, "resources").includes("workflowartifactgctasks"));
    expect(listAt(rule, "verbs")).toEqual(expect.arrayContaining(["list", "watch", "create", "delete"]));
  });

  it("lets the pods of a run report results", () => {
    const role = find(objects, "ClusterRole.rbac.authorization.k8s.io aggregate-to-kubeflow-pipelines-edit");
    const rule = listAt(role, "rules").find((one) => listAt(one, "resources").includes("workflowtaskresults"));
    expect(rule).toMatchObject({ apiGroups: ["argoproj.io"], verbs: ["*"] });
  });

  it("keeps every field of a result", () => {
    const id = "CustomResourceDefinition.apiextensions.k8s.io workflowtaskresults.argoproj.io";
    expect(find(objects, id)).toHaveProperty(
      "spec.versions.0.schema.openAPIV3Schema.x-kubernetes-preserve-unknown-fields",
      true,
    );
  });

  it("lets the interface read configurations of its own namespace, not of all", () => {
    const resources = (id: string) => listAt(find(objects, id), "rules").flatMap((rule) => listAt(rule, "resources"));
    expect(resources("Role.rbac.authorization.k8s.io kubeflow/ml-pipeline-ui")).toContain("configmaps");
    expect(resources("ClusterRole.rbac.authorization.k8s.io ml-pipeline-ui")).not.toContain("configmaps");
  });

  it("tells the interface and what profiles get which version and which namespace they are of", () => {
    expect(textAt(find(objects, "ConfigMap kubeflow/pipeline-install-config"), "data", "appVersion")).toBe("2.4.1");
    expect(container(find(objects, "Deployment.apps kubeflow/ml-pipeline-ui"), "env")).toContainEqual({
      name: "FRONTEND_SERVER_NAMESPACE",
      valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } },
    });
  });

  it("is left out with Pipelines", () => {
    const rest = objects.filter((object) => !objectId(object).includes("workflow"));
    const shipped = rest.map((object) => ({ object, part: plan.partOf(object) }));
    const adjusted = imagesAdjustment({ images: images181 })(shipped).map(({ object }) => object);
    expect(adjusted.length).toBe(rest.length);
  });
});

describe("a private registry", () => {
  const REGISTRY = "registry.example.com:5000/kubeflow";
  const SKIPPED = "registries-skipping-tag-resolving";
  let moved: KubernetesObject[];

  beforeAll(async () => {
    moved = (await planned({ rewrite: movingTo(REGISTRY) })).waves.flat();
  });

  it("is where everything comes from that can be told so", () => {
    const outside = imagesOf(moved, images181.places).filter(
      ({ reference, rewritable }) => rewritable && !reference.startsWith(`${REGISTRY}/`),
    );
    expect(outside).toEqual([]);
    expect(suspectsIn(moved, imagesOf(moved, images181.places), images181.notImages)).toEqual([]);
  });

  it("is not asked by Knative, which knows neither its authority nor a mirror", () => {
    const value = (all: readonly KubernetesObject[]) =>
      textAt(find(all, "ConfigMap knative-serving/config-deployment"), "data", SKIPPED);
    expect(value(moved)).toBe("kind.local,ko.local,dev.local,registry.example.com:5000");
    expect(value(objects)).toBeUndefined();
  });

  it("keeps Istio's hub, tag and image apart", () => {
    const injector = find(moved, "ConfigMap istio-system/istio-sidecar-injector");
    const values = JSON.parse(textAt(injector, "data", "values") ?? "") as unknown;
    expect(values).toMatchObject({
      global: {
        hub: "registry.example.com:5000/kubeflow/docker.io/istio",
        tag: "1.17.5",
        proxy: { image: "proxyv2" },
        proxy_init: { image: "proxyv2" },
      },
    });
  });

  it("replaces the pods that read images from a ConfigMap, and no others", () => {
    const marks = (all: readonly KubernetesObject[]) =>
      new Map(
        all
          .map((object) => [
            objectId(object),
            textAt(object, "spec", "template", "metadata", "annotations", IMAGES_ANNOTATION),
          ])
          .filter((entry): entry is [string, string] => entry[1] !== undefined),
      );
    const [before, after] = [marks(objects), marks(moved)];
    expect([...before.keys()].map((id) => id.split("/")[1]).toSorted()).toEqual([
      "cache-server",
      "jupyter-web-app-deployment",
      "katib-controller",
      "kubeflow-pipelines-profile-controller",
      "metadata-grpc-deployment",
      "ml-pipeline",
      "ml-pipeline-scheduledworkflow",
      "tensorboard-controller-deployment",
    ]);
    for (const [id, mark] of before) expect(after.get(id), id).not.toBe(mark);
  });

  it("may hold what digests say", async () => {
    const images = imagesOf(objects, images181.places).filter(({ isWhole }) => isWhole);
    const digests = new Map(
      images.map(({ reference }, index) => [reference, `sha256:${String(index).padStart(64, "0")}`]),
    );
    const pinned = (await planned({ rewrite: inOrder(pinning(digests), movingTo(REGISTRY)) })).waves.flat();
    const without = imagesOf(pinned, images181.places).filter(
      ({ reference, rewritable, isWhole, form }) =>
        rewritable && isWhole && form !== "version compiled in" && !reference.includes("@sha256:"),
    );
    expect(without).toEqual([]);
    for (const object of pinned) expect(withImages(object, images181.places, movingTo(REGISTRY))).toBe(object);
  });
});
