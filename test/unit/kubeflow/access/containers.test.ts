import { load } from "js-yaml";
import { beforeAll, describe, expect, it } from "vitest";
import { at, type KubernetesObject, listAt, objectId } from "../../../../components/kit/objects.ts";
import { withLeastPrivilege } from "../../../../components/kubeflow/access/containers.ts";
import { accessAdjustment } from "../../../../components/kubeflow/access/index.ts";
import { each, planInstall } from "../../../../components/kubeflow/plan.ts";
import { releases } from "../../../../components/kubeflow/releases/index.ts";
import { users181 } from "../../../../components/kubeflow/releases/1.8.1/users.ts";
import { repaired } from "../../../../components/kubeflow/repairs/index.ts";
import { containerKeys } from "../../../../components/kubeflow/resources/containers.ts";
import { realRelease } from "../../../kit/release.ts";

let shipped: readonly KubernetesObject[];
let planned: readonly KubernetesObject[];

beforeAll(async () => {
  shipped = (await realRelease()).map(({ object }) => repaired(object));
  const plan = planInstall(releases["1.8.1"], await realRelease(), [
    each(repaired),
    accessAdjustment(releases["1.8.1"].access),
  ]);
  planned = plan.waves.flat();
});

/** The members of every list of containers in a manifest. */
const containersIn = (value: unknown): unknown[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, field]: [string, unknown]) =>
        key === "containers" && Array.isArray(field) ? (field as unknown[]) : containersIn(field),
      )
    : [];
const find = (id: string) => planned.find((object) => objectId(object) === id);

describe("the containers of the platform", () => {
  const templates = (objects: readonly KubernetesObject[]) =>
    objects.flatMap((object) => {
      const pod = at(object, "spec", "template", "spec");
      return containerKeys(object).map((key, index) => ({ key, pod, container: listAt(pod, "containers")[index] }));
    });
  const isUnconfined = ({ pod, container }: { pod: unknown; container: unknown }) =>
    (at(container, "securityContext", "seccompProfile", "type") ??
      at(pod, "securityContext", "seccompProfile", "type")) !== "RuntimeDefault";
  const mayEscalate = ({ container }: { container: unknown }) =>
    at(container, "securityContext", "allowPrivilegeEscalation") !== false;
  const keepsCapabilities = ({ container }: { container: unknown }) =>
    !listAt(container, "securityContext", "capabilities", "drop").includes("ALL");
  const mayBeRoot = ({ pod, container }: { pod: unknown; container: unknown }) =>
    (at(container, "securityContext", "runAsNonRoot") ?? at(pod, "securityContext", "runAsNonRoot")) !== true;

  it("are all in the table of users, which knows no other", () => {
    expect(Object.keys(users181).toSorted()).toEqual(shipped.flatMap(containerKeys).toSorted());
  });

  it("keep no capability and no system call beyond the runtime's, and gain no privilege", () => {
    const [before, after] = [templates(shipped), templates(planned)];
    expect([isUnconfined, mayEscalate, keepsCapabilities].map((fault) => before.filter(fault).length)).toEqual([
      38, 30, 33,
    ]);
    expect(after.length).toBe(54);
    expect([isUnconfined, mayEscalate, keepsCapabilities].map((fault) => after.filter(fault).length)).toEqual([
      0, 0, 0,
    ]);
  });

  it("are not root, but for those that no upstream manifest runs as anybody else", () => {
    const left = Object.entries(users181).flatMap(([key, user]) => (user.is === "left" ? [key] : []));
    expect(templates(shipped).filter(mayBeRoot).length).toBe(29);
    expect(
      templates(planned)
        .filter(mayBeRoot)
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(left.toSorted());
    expect(left.toSorted()).toEqual([
      "istio-system/oidc-authservice authservice",
      "kubeflow/admission-webhook-deployment admission-webhook",
      "kubeflow/kserve-models-web-app kserve-models-web-app",
      "kubeflow/notebook-controller-deployment manager",
      "kubeflow/profiles-deployment kfam",
      "kubeflow/profiles-deployment manager",
      "kubeflow/training-operator training-operator",
    ]);
  });

  it("leave the user of injected containers alone", () => {
    for (const { pod, key } of templates(planned)) {
      const shippedPod = templates(shipped).find((other) => other.key === key)?.pod;
      for (const field of ["runAsNonRoot", "runAsUser", "runAsGroup"]) {
        expect(at(pod, "securityContext", field), key).toEqual(at(shippedPod, "securityContext", field));
      }
    }
  });

  it("are confined beside one that a setting adds, of which the table knows nothing", () => {
    const id = "StatefulSet.apps istio-system/oidc-authservice";
    const object = shipped.find((other) => objectId(other) === id) as KubernetesObject;
    const spec = object["spec"] as { template: { spec: { containers: object[] } } };
    const added = { name: "issuer-forwarder", securityContext: { runAsUser: 1337 } };
    const pod = { ...spec.template.spec, containers: [...spec.template.spec.containers, added] };
    const both = { ...object, spec: { ...spec, template: { ...spec.template, spec: pod } } };
    const confined = withLeastPrivilege(both, users181);
    const [authservice, forwarder] = listAt(confined, "spec", "template", "spec", "containers");
    expect(at(authservice, "securityContext", "capabilities", "drop")).toEqual(["ALL"]);
    expect(forwarder).toEqual(added);
  });

  it("are confined where users start them from a template, as whomever the image is made for", () => {
    const offered = planned.filter(({ kind, metadata }) => {
      return kind === "ClusterServingRuntime" || metadata.name === "trial-templates";
    });
    expect(offered).toHaveLength(10);
    const contexts = offered.flatMap((object) =>
      object.kind === "ConfigMap"
        ? Object.values(object["data"] as Record<string, string>).flatMap((text) => containersIn(load(text)))
        : containersIn(object),
    );
    expect(contexts).toHaveLength(13);
    for (const container of contexts) {
      expect(at(container, "securityContext")).toEqual({
        seccompProfile: { type: "RuntimeDefault" },
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
      });
    }
  });

  it("own the volumes that they write to", () => {
    for (const [id, group] of [
      ["Deployment.apps kubeflow/mysql", 999],
      ["Deployment.apps kubeflow/katib-mysql", 999],
      ["Deployment.apps kubeflow/minio", 1000],
      ["StatefulSet.apps istio-system/oidc-authservice", 111],
    ] as const) {
      expect(at(find(id), "spec", "template", "spec", "securityContext", "fsGroup"), id).toBe(group);
    }
  });
});
