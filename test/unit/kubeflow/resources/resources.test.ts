import { load } from "js-yaml";
import { beforeAll, describe, expect, it } from "vitest";
import { at, groupKind, type KubernetesObject, listAt, objectId, textAt } from "../../../../components/kit/objects.ts";
import type { Part } from "../../../../components/kubeflow/parts.ts";
import { sizing181 } from "../../../../components/kubeflow/releases/1.8.1/sizing/index.ts";
import { containerKeys } from "../../../../components/kubeflow/resources/containers.ts";
import { blocksDrains } from "../../../../components/kubeflow/resources/disruption.ts";
import { footprintOf, withoutMemoryLimit } from "../../../../components/kubeflow/resources/footprint.ts";
import { resourcesAdjustment } from "../../../../components/kubeflow/resources/index.ts";
import { requestedMemory, resourcesOf, type Sizing } from "../../../../components/kubeflow/resources/sizing.ts";
import { environments } from "../../../../components/settings/environments.ts";
import { EVERY_COMPONENT, plannedRelease, realRelease } from "../../../kit/release.ts";

const ENVIRONMENTS = ["dev", "prod"] as const;
const planned: Record<string, readonly KubernetesObject[]> = {};
let shipped: readonly KubernetesObject[];

beforeAll(async () => {
  shipped = (await realRelease()).map(({ object }) => object);
  for (const environment of ENVIRONMENTS) {
    planned[environment] = (await plannedRelease({ environment, components: EVERY_COMPONENT })).waves.flat();
  }
});

const containersOf = (objects: readonly KubernetesObject[]) =>
  objects.flatMap((object) => ["initContainers", "containers"].flatMap((field) => podContainers(object, field)));
const podContainers = (object: KubernetesObject, field: string) => listAt(object, "spec", "template", "spec", field);
const configMap = (objects: readonly KubernetesObject[] | undefined, name: string) =>
  objects?.find((object) => object.kind === "ConfigMap" && object.metadata.name === name);

describe("the sizing table of v1.8.1", () => {
  it("has a row for every container of the platform, and none for any other", () => {
    const known = Object.keys(sizing181.containers);
    expect(known.toSorted()).toEqual((planned["dev"] ?? []).flatMap(containerKeys).toSorted());
    // The 54 of the release, and the one that brings the issuer into the authservice's reach.
    expect(known.length).toBe(55);
  });

  it("gives no container less in prod than in dev", () => {
    for (const [key, row] of Object.entries<Sizing>(sizing181.containers)) {
      expect(row.prod[0], key).toBeGreaterThanOrEqual(row.dev[0]);
      expect(row.prod[1], key).toBeGreaterThanOrEqual(row.dev[1]);
    }
  });

  it("leaves what v1.8.1 itself requests and limits to prod, but for the CPU limits", () => {
    const memory = (quantity: string | undefined) =>
      quantity === undefined ? 0 : Number.parseInt(quantity, 10) * (quantity.endsWith("Gi") ? 1024 : 1);
    for (const object of shipped) {
      const keys = containerKeys(object);
      for (const [index, container] of podContainers(object, "containers").entries()) {
        const row = sizing181.containers[keys[index] ?? ""];
        if (row === undefined) continue;
        expect(row.prod[1], keys[index]).toBeGreaterThanOrEqual(
          memory(textAt(container, "resources", "limits", "memory")),
        );
        expect(requestedMemory(row.prod), keys[index]).toBeGreaterThanOrEqual(
          memory(textAt(container, "resources", "requests", "memory")),
        );
      }
    }
  });
});

describe.each(ENVIRONMENTS)("what %s applies", (environment) => {
  it("runs no container without a memory limit", () => {
    expect(withoutMemoryLimit(shipped).length).toBe(36);
    expect(withoutMemoryLimit(planned[environment] ?? [])).toEqual([]);
  });

  it("requests four fifths of each limit, some CPU, and limits no CPU", () => {
    const containers = containersOf(planned[environment] ?? []);
    expect(containers.length).toBe(environment === "dev" ? 55 : 56);
    for (const container of containers) {
      const [limit, request] = ["limits", "requests"].map((kind) =>
        Number.parseInt(textAt(container, "resources", kind, "memory") ?? "", 10),
      );
      expect((request ?? 0) / (limit ?? 0)).toBeCloseTo(0.8, 1);
      expect(textAt(container, "resources", "requests", "cpu")).toMatch(/^[1-9][0-9]*m$/);
      expect(textAt(container, "resources", "limits", "cpu")).toBeUndefined();
    }
  });

  it("gives the proxies of the mesh and of Knative their sizes where these come from", () => {
    const values: unknown = JSON.parse(
      textAt(configMap(planned[environment], "istio-sidecar-injector"), "data", "values") ?? "",
    );
    const [cpu, memory] = sizing181.meshProxy[environment];
    const resources = {
      requests: { cpu: `${cpu}m`, memory: `${requestedMemory([cpu, memory])}Mi` },
      limits: { cpu: "2000m", memory: `${memory}Mi` },
    };
    expect(at(values, "global", "proxy", "resources")).toEqual(resources);
    expect(at(values, "global", "proxy_init", "resources")).toEqual(resources);
    expect(at(values, "global", "proxy", "logLevel")).toBe("warning");
    expect(configMap(planned[environment], "config-deployment")?.["data"]).toMatchObject({
      "queue-sidecar-cpu-request": "25m",
      "queue-sidecar-memory-limit": `${sizing181.queueProxy[environment][1]}Mi`,
    });
  });

  it("gives the executor of pipeline steps a size, and longer tries", () => {
    const executor = load(
      textAt(configMap(planned[environment], "workflow-controller-configmap"), "data", "executor") ?? "",
    );
    expect(executor).toEqual({
      imagePullPolicy: "IfNotPresent",
      resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
      env: [
        { name: "EXECUTOR_RETRY_BACKOFF_DURATION", value: "1s" },
        { name: "EXECUTOR_RETRY_BACKOFF_STEPS", value: "9" },
      ],
    });
    expect(textAt(configMap(shipped, "workflow-controller-configmap"), "data", "executor")).not.toContain("resources");
  });

  it("sizes the trials that Katib offers, and changes nothing else of their templates", () => {
    const object = configMap(shipped, "trial-templates") as KubernetesObject;
    const part = { name: "Katib" } as unknown as Part;
    const [sized] = resourcesAdjustment({ environment, sizing: sizing181 })([{ object, part }]);
    const templates = Object.entries(sized?.object["data"] as Readonly<Record<string, string>>);
    expect(templates).toHaveLength(3);
    const wanted = resourcesOf(sizing181.trial[environment]);
    for (const [key, text] of templates) {
      const found: unknown[] = [];
      const unsized: unknown = JSON.parse(JSON.stringify(load(text)), (name, value: unknown) => {
        if (name !== "resources") return value;
        found.push(value);
        return undefined;
      });
      expect(found).toEqual(Array(key === "pytorchJobTemplate" ? 2 : 1).fill(wanted));
      expect(unsized).toEqual(load(textAt(object, "data", key) ?? ""));
    }
  });

  it("leaves the budgets of no workload in the way of a drain", () => {
    const before = shipped.filter((object) => blocksDrains(object, shipped)).map(objectId);
    expect(before.toSorted()).toEqual([
      "PodDisruptionBudget.policy knative-eventing/eventing-webhook",
      "PodDisruptionBudget.policy knative-serving/activator-pdb",
      "PodDisruptionBudget.policy knative-serving/webhook-pdb",
    ]);
    const objects = planned[environment] ?? [];
    expect(objects.filter((object) => blocksDrains(object, objects))).toEqual([]);
    const budgets = objects.filter((object) => groupKind(object) === "PodDisruptionBudget.policy");
    for (const budget of budgets) {
      expect(budget["spec"]).toMatchObject({ maxUnavailable: 1 });
      expect(budget["spec"]).not.toHaveProperty("minAvailable");
    }
  });

  it("can be scaled by its autoscalers: every container of their pods requests CPU", () => {
    const objects = planned[environment] ?? [];
    const targets = objects
      .filter((object) => object.kind === "HorizontalPodAutoscaler")
      .map((object) => textAt(object, "spec", "scaleTargetRef", "name"));
    expect(targets.length).toBe(6);
    for (const object of objects.filter(
      ({ kind, metadata }) => kind === "Deployment" && targets.includes(metadata.name),
    ))
      for (const container of podContainers(object, "containers"))
        expect(textAt(container, "resources", "requests", "cpu")).toBeDefined();
  });
});

describe("the footprint", () => {
  it("of an untouched dev has no Knative Eventing in it", async () => {
    const { pods, injected, cpu, memory } = footprintOf((await plannedRelease()).waves.flat());
    expect({ pods, injected, cpu, memory }).toEqual({ pods: 47, injected: 30, cpu: 3125, memory: 11_453 });
  });

  it("of dev with every component stays within the 4.38 CPU and 12.3 GB that its users expect", () => {
    const { pods, injected, cpu, memory } = footprintOf(planned["dev"] ?? []);
    expect({ pods, injected }).toEqual({ pods: 49, injected: 30 });
    expect({ cpu, memory }).toEqual({ cpu: 3225, memory: 11_709 });
    expect(cpu).toBeLessThanOrEqual(4380);
    expect(memory * 2 ** 20).toBeLessThanOrEqual(12.3e9);
  });

  it("of prod with every component leaves five of six nodes' worth to the teams", () => {
    const { cpu, memory } = footprintOf(planned["prod"] ?? []);
    expect({ cpu, memory }).toEqual({ cpu: 8945, memory: 33_890 });
    const { nodes } = environments.prod;
    expect(cpu).toBeLessThan((nodes.cpu * nodes.count * 1000) / 6);
    expect(memory).toBeLessThan((128e9 * nodes.count) / 2 ** 20 / 6);
  });

  it("as shipped is more CPU for less: 100m for every proxy, and nothing for 26 workloads", () => {
    const { cpu, memory } = footprintOf(shipped);
    expect({ cpu, memory }).toEqual({ cpu: 5540, memory: 10_536 });
  });
});

describe("a container that the table does not know", () => {
  it("is refused by name", () => {
    const object = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "new", namespace: "kubeflow" },
      spec: { template: { spec: { containers: [{ name: "main", image: "x" }] } } },
    };
    const part = { name: "pipelines", title: "Pipelines", type: "Pipelines", folders: [] };
    expect(() => resourcesAdjustment({ environment: "dev", sizing: sizing181 })([{ object, part }])).toThrow(
      'the sizing table has no row "kubeflow/new main" for a container of Deployment.apps kubeflow/new',
    );
  });
});
