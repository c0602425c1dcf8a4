import { beforeAll, describe, expect, it } from "vitest";
import { type KubernetesObject, objectId } from "../../../components/kit/objects.ts";
import { HOLDS_DATA, isRetained, withRemoval } from "../../../components/kubeflow/removal.ts";
import { EVERY_COMPONENT, plannedRelease } from "../../kit/release.ts";

const POLICY = "pulumi.com/deletionPropagationPolicy";
const policyOf = ({ metadata }: KubernetesObject) => metadata.annotations?.[POLICY];

describe("of Kubeflow v1.8.1 a destroy", () => {
  let objects: readonly KubernetesObject[];
  beforeAll(async () => {
    objects = (await plannedRelease()).waves.flat();
  });

  it("retains the claims, and the namespaces that would take them along", () => {
    const held = objects.filter((object) => isRetained(object) && object.kind !== "CustomResourceDefinition");
    expect(held.map(objectId).toSorted()).toEqual([
      "Namespace istio-system",
      "Namespace kubeflow",
      "PersistentVolumeClaim istio-system/authservice-pvc",
      "PersistentVolumeClaim kubeflow/katib-mysql",
      "PersistentVolumeClaim kubeflow/minio-pvc",
      "PersistentVolumeClaim kubeflow/mysql-pv-claim",
    ]);
  });

  it("or a component switched off, retains the kinds that users make objects of, and those of no other part", async () => {
    const all = (await plannedRelease({ components: EVERY_COMPONENT })).waves.flat();
    const kinds = all.filter(({ kind }) => kind === "CustomResourceDefinition");
    const groups = (some: readonly KubernetesObject[]) =>
      [...new Set(some.map(({ metadata }) => metadata.name.split(".").slice(1).join(".")))].toSorted();
    expect(kinds.filter(isRetained).map(({ metadata }) => metadata.name)).toEqual(
      expect.arrayContaining(["experiments.kubeflow.org", "notebooks.kubeflow.org", "pytorchjobs.kubeflow.org"]),
    );
    expect(kinds.filter(isRetained).map(({ metadata }) => metadata.name)).not.toContain("profiles.kubeflow.org");
    expect(groups(kinds.filter((kind) => !isRetained(kind)))).toEqual([
      "acme.cert-manager.io",
      "cert-manager.io",
      "dex.coreos.com",
      "extensions.istio.io",
      "install.istio.io",
      "kubeflow.org",
      "networking.istio.io",
      "security.istio.io",
      "telemetry.istio.io",
    ]);
  });

  it("waits for no garbage collector", () => {
    const waiting = objects.filter((object) => !isRetained(object) && policyOf(object) !== "background");
    expect(waiting.map(objectId)).toEqual([]);
  });
});

describe("with removal", () => {
  const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

  it("a namespace stays in which a StatefulSet makes claims", () => {
    const database = {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "database", namespace: "data" },
      spec: { volumeClaimTemplates: [{ metadata: { name: "disk" } }] },
    };
    const objects = withRemoval([namespace("data"), namespace("other"), database]);
    expect(objects.map(isRetained)).toEqual([true, false, false]);
  });

  it("labels are added to those that are there, and a policy that is set stays", () => {
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "disk", namespace: "data", labels: { app: "database" } },
    };
    const annotations = { [POLICY]: "orphan", other: "1" };
    const settings = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", annotations } };
    const [first, second] = withRemoval([claim, settings]);
    expect(first?.metadata.labels).toEqual({ app: "database", [HOLDS_DATA]: "true" });
    expect(second?.metadata.annotations).toEqual(annotations);
  });
});
