import { beforeAll, describe, expect, it } from "vitest";
import { at, groupKind, type KubernetesObject, listAt, objectId, textAt } from "../../../../components/kit/objects.ts";
import { meshAdjustments } from "../../../../components/kubeflow/network/index.ts";
import { hasSidecar } from "../../../../components/kubeflow/network/mesh.ts";
import { inventoryOf } from "../../../../components/kubeflow/order/inventory.ts";
import { each, type Plan, planInstall } from "../../../../components/kubeflow/plan.ts";
import { repaired } from "../../../../components/kubeflow/repairs/index.ts";
import { loadRelease, type SourcedObject } from "../../../../components/kubeflow/release/index.ts";
import { releases } from "../../../../components/kubeflow/releases/index.ts";
import { realRelease } from "../../../kit/release.ts";

const INJECTOR = "ConfigMap istio-system/istio-sidecar-injector";
const NODE_AGENT = "DaemonSet.apps kube-system/istio-cni-node";

let without: SourcedObject[];
let withCni: SourcedObject[];

beforeAll(async () => {
  without = await realRelease();
  withCni = await loadRelease(releases["1.8.1"], undefined, { extras: ["istio-cni"] });
});

function planned(shipped: readonly SourcedObject[], cni: boolean, binDirectory = "/opt/cni/bin"): Plan {
  const mesh = { cni, cniBinDirectory: binDirectory, metricsFrom: [], nameServers: [] };
  const own = meshAdjustments(mesh, releases["1.8.1"].traffic);
  return planInstall(releases["1.8.1"], shipped, [each(repaired), ...own]);
}

function find(objects: readonly KubernetesObject[], id: string): KubernetesObject {
  const found = objects.find((object) => objectId(object) === id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

describe("istio-cni beside v1.8.1", () => {
  it("adds seven objects and changes the injector, and nothing else", () => {
    const [before, after] = [without, withCni].map(
      (objects) => new Map(objects.map(({ object }) => [objectId(object), object])),
    ) as [Map<string, KubernetesObject>, Map<string, KubernetesObject>];
    expect(after.size).toBe(641);
    expect([...before].filter(([id, object]) => JSON.stringify(after.get(id)) !== JSON.stringify(object))).toHaveLength(
      1,
    );
    expect(find([...after.values()], NODE_AGENT)).toBeDefined();
  });

  it("keeps the injector from adding an init container with rights on the network", () => {
    const valuesOf = (objects: readonly SourcedObject[]) =>
      JSON.parse(
        textAt(
          find(
            objects.map(({ object }) => object),
            INJECTOR,
          ),
          "data",
          "values",
        ) ?? "",
      ) as Record<string, unknown>;
    expect(valuesOf(without)["istio_cni"]).toMatchObject({ enabled: false });
    expect(valuesOf(withCni)["istio_cni"]).toMatchObject({ enabled: true });
  });

  it("is a part of Istio, and on the nodes before the first pod with a sidecar", () => {
    const plan = planned(withCni, true);
    const objects = plan.waves.flat();
    const inventory = inventoryOf(objects);
    const waveOf = (object: KubernetesObject) => plan.waves.findIndex((wave) => wave.includes(object));
    const agent = find(objects, NODE_AGENT);
    expect(plan.partOf(agent).name).toBe("istio");
    const injected = inventory.workloads.filter((workload) => hasSidecar(workload, inventory));
    expect(injected.length).toBeGreaterThan(25);
    for (const { object } of injected) expect(waveOf(object), objectId(object)).toBeGreaterThan(waveOf(agent));
  });

  it("finds no platform pod with an init container, which would start without a network", () => {
    const inventory = inventoryOf(withCni.map(({ object }) => object));
    const waiting = inventory.workloads.filter(
      (workload) => hasSidecar(workload, inventory) && listAt(workload.podSpec, "initContainers").length > 0,
    );
    expect(waiting).toEqual([]);
  });

  it("puts its plug-in where the nodes look for it", () => {
    const objects = planned(withCni, true, "/home/kubernetes/bin").waves.flat();
    const volumes = listAt(find(objects, NODE_AGENT), "spec", "template", "spec", "volumes");
    expect(volumes.map((volume) => textAt(volume, "hostPath", "path"))).toEqual([
      "/home/kubernetes/bin",
      "/etc/cni/net.d",
      "/var/run/istio-cni",
    ]);
    const config = textAt(find(objects, "ConfigMap kube-system/istio-cni-config"), "data", "cni_network_config");
    expect(config).toContain('"cni_bin_dir": "/home/kubernetes/bin"');
    expect(config).not.toContain("/opt/cni/bin");
  });

  it("is asked for by a name of the release", async () => {
    await expect(loadRelease(releases["1.8.1"], undefined, { extras: ["istio-ambient"] })).rejects.toThrow(
      'Kubeflow v1.8.1 has no extra "istio-ambient"',
    );
  });
});

describe("Pod Security", () => {
  const levelsOf = (objects: readonly KubernetesObject[]) =>
    Object.fromEntries(
      objects
        .filter((object) => groupKind(object) === "Namespace")
        .map(({ metadata }) => [
          metadata.name,
          ["enforce", "warn"].map((mode) => metadata.labels?.[`pod-security.kubernetes.io/${mode}`]).join(" "),
        ]),
    );
  const profileLabels = (objects: readonly KubernetesObject[]) =>
    objects.map((object) => textAt(object, "data", "namespace-labels.yaml")).find((text) => text !== undefined);

  it("is baseline everywhere with istio-cni, with warnings of what is not restricted", () => {
    const objects = planned(withCni, true).waves.flat();
    expect(new Set(Object.values(levelsOf(objects)))).toEqual(new Set(["baseline restricted"]));
    expect(Object.keys(levelsOf(objects))).toHaveLength(6);
    expect(profileLabels(objects)).toContain('pod-security.kubernetes.io/enforce: "baseline"\n');
  });

  it("admits the init container where there is a sidecar without istio-cni", () => {
    const objects = planned(without, false).waves.flat();
    expect(levelsOf(objects)).toEqual({
      auth: "baseline restricted",
      "cert-manager": "baseline restricted",
      "istio-system": "baseline restricted",
      "knative-eventing": "baseline restricted",
      "knative-serving": "privileged baseline",
      kubeflow: "privileged baseline",
    });
    expect(profileLabels(objects)).toContain('pod-security.kubernetes.io/enforce: "privileged"\n');
  });

  it("keeps the labels that a namespace and the profiles have", () => {
    const objects = planned(withCni, true).waves.flat();
    expect(at(find(objects, "Namespace kubeflow"), "metadata", "labels")).toMatchObject({
      "istio-injection": "enabled",
    });
    expect(profileLabels(objects)).toContain('app.kubernetes.io/part-of: "kubeflow-profile"');
  });
});
