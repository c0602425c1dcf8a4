import { beforeAll, describe, expect, it } from "vitest";
import {
  groupKind,
  groupOf,
  type KubernetesObject,
  listAt,
  objectId,
  textAt,
} from "../../../components/kit/objects.ts";
import { crdDescriptions } from "../../../components/kubeflow/repairs/crd-descriptions.ts";
import { repaired, repairs } from "../../../components/kubeflow/repairs/index.ts";
import { realRelease } from "../../kit/release.ts";

const CRD = "CustomResourceDefinition.apiextensions.k8s.io";
let source: KubernetesObject[];
let result: KubernetesObject[];

beforeAll(async () => {
  source = (await realRelease()).map(({ object }) => object);
  result = source.map(repaired);
});

describe("the repairs of v1.8.1", () => {
  it.each(repairs.map((repair) => [repair.name, repair] as const))(
    "%s is still due in the real rendering",
    (_, repair) => {
      expect(source.filter((object) => repair.apply(object) !== object).length).toBeGreaterThan(0);
    },
  );

  it.each(repairs.map((repair) => [repair.name, repair] as const))(
    "%s changes nothing the second time",
    (_, repair) => {
      for (const object of source) {
        const once = repair.apply(object);
        expect(repair.apply(once)).toEqual(once);
      }
    },
  );

  it("keep every object and its identity, apart from the namespaces they correct", () => {
    expect(result.length).toBe(634);
    expect(new Set(result.map(objectId)).size).toBe(634);
    const moved = source.filter((object, index) => objectId(object) !== objectId(result[index] ?? object));
    expect(moved.map((object) => object.kind).toSorted()).toEqual([
      "ClusterIssuer",
      "CompositeController",
      "ConfigMap",
    ]);
  });

  it("leave no placeholder where cert-manager puts an authority", () => {
    const bundles = result
      .filter((object) => groupOf(object.apiVersion) === "admissionregistration.k8s.io")
      .flatMap((object) => listAt(object, "webhooks").map((webhook) => textAt(webhook, "clientConfig", "caBundle")));
    expect(bundles.length).toBe(32);
    expect(bundles.filter((bundle) => bundle !== undefined)).toEqual([]);
  });

  it("leave no role with an empty list of rules, unless a controller fills it", () => {
    const isEmpty = (object: KubernetesObject) =>
      groupKind(object) === "ClusterRole.rbac.authorization.k8s.io" &&
      Array.isArray(object["rules"]) &&
      object["rules"].length === 0 &&
      object["aggregationRule"] === undefined;
    expect(source.filter(isEmpty).map(objectId)).toEqual([
      "ClusterRole.rbac.authorization.k8s.io jupyter-web-app-kubeflow-notebook-ui-admin",
      "ClusterRole.rbac.authorization.k8s.io tensorboards-web-app-kubeflow-tensorboard-ui-admin",
      "ClusterRole.rbac.authorization.k8s.io volumes-web-app-kubeflow-volume-ui-admin",
    ]);
    expect(result.filter(isEmpty)).toEqual([]);
  });

  it("leave a conversion webhook only to the CRD that has versions to convert", () => {
    const converted = result
      .filter((object) => groupKind(object) === CRD && textAt(object, "spec", "conversion", "strategy") === "Webhook")
      .map((object) => object.metadata.name);
    expect(converted).toEqual(["pingsources.sources.knative.dev"]);
  });

  it("halve the CRDs", () => {
    const bytes = (objects: readonly KubernetesObject[]) =>
      JSON.stringify(objects.filter((object) => groupKind(object) === CRD)).length;
    expect(bytes(result)).toBeLessThan(bytes(source) / 2);
  });

  it("set nothing that the server or its controllers own", () => {
    for (const object of result) {
      expect(object["status"], objectId(object)).toBeUndefined();
      expect(object.metadata["creationTimestamp"], objectId(object)).toBeUndefined();
      if (object["aggregationRule"] !== undefined) expect(object["rules"], objectId(object)).toBeUndefined();
    }
  });
});

describe("crd-descriptions", () => {
  it("keeps a property that is named description", () => {
    const schema = {
      description: "of a job",
      properties: { description: { type: "string", description: "free text" } },
    };
    const crd = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "x" },
      spec: schema,
    };
    expect(crdDescriptions.apply(crd)["spec"]).toEqual({ properties: { description: { type: "string" } } });
  });
});
