import { beforeAll, describe, expect, it } from "vitest";
import { type KubernetesObject, objectId, textAt } from "../../../../components/kit/objects.ts";
import { UserError } from "../../../../components/kit/errors.ts";
import { extrasFor } from "../../../../components/kubeflow/extras.ts";
import type { Plan } from "../../../../components/kubeflow/plan.ts";
import { releases } from "../../../../components/kubeflow/releases/index.ts";
import { completed } from "../../../../components/kubeflow/selection/components.ts";
import { parseSettings } from "../../../../components/settings/parse.ts";
import { danglingIn } from "../../../kit/dangling.ts";
import { pairwise } from "../../../kit/pairwise.ts";
import { EVERY_COMPONENT, plannedRelease } from "../../../kit/release.ts";

const release = releases["1.8.1"];
const table = release.components;
const without = (...names: string[]) => ({
  ...EVERY_COMPONENT,
  ...Object.fromEntries(names.map((name) => [name, false])),
});

let whole: KubernetesObject[];

beforeAll(async () => {
  whole = (await plannedRelease({ components: EVERY_COMPONENT })).waves.flat();
});

const objectsOf = (plan: Plan) => plan.waves.flat();
const dataOf = (objects: readonly KubernetesObject[], id: string, key: string) =>
  textAt(
    objects.find((object) => objectId(object) === id),
    "data",
    key,
  ) ?? "";

describe("the components of v1.8.1", () => {
  it("are parts of it, and so are what they need", () => {
    for (const [name, { needs }] of Object.entries(table)) {
      expect(Object.keys(release.parts)).toContain(name);
      for (const needed of Object.keys(needs)) expect(Object.keys(table)).toContain(needed);
    }
  });

  it("are all on but Knative Eventing, which the release installs by half", () => {
    const off = Object.entries(completed(table, {})).filter(([, isOn]) => !isOn);
    expect(off.map(([name]) => name)).toEqual(["knative-eventing"]);
  });
});

describe("each combination of the pairwise set", () => {
  it.each(pairwise(table).map((selection) => [offIn(selection), selection] as const))(
    "without %s holds what is on whole, nothing of what is off, and no reference to it",
    async (_, selection) => {
      const plan = await plannedRelease({ components: selection });
      const objects = objectsOf(plan);
      const parts = new Set(objects.map((object) => plan.partOf(object).name));
      const installed = Object.keys(release.parts).filter((part) => selection[part] !== false);
      expect(parts).toEqual(new Set(installed));
      expect(danglingIn(objects, whole)).toEqual([]);
    },
  );
});

function offIn(selection: Readonly<Record<string, boolean>>): string {
  return Object.keys(selection)
    .filter((name) => selection[name] === false)
    .join(", ");
}

describe("what is off", () => {
  it("shows where something still refers to it", () => {
    const gone = [
      "Service kubeflow/minio-service",
      "Service kubeflow/katib-controller",
      "ServiceAccount kubeflow/katib-ui",
      "ConfigMap kubeflow/jupyter-web-app-logos",
      "Secret kubeflow/mysql-secret",
      "Deployment.apps kubeflow/training-operator",
      "Gateway.networking.istio.io kubeflow/kubeflow-gateway",
    ];
    const left = whole.filter((object) => !gone.includes(objectId(object)));
    const dangling = danglingIn(left, whole);
    for (const id of gone.slice(0, 5).concat(gone.slice(6))) {
      expect(
        dangling.some((line) => line.endsWith(` -> ${id}`)),
        id,
      ).toBe(true);
    }
    expect(dangling).toContain("Service kubeflow/training-operator -> its pods");
  });

  it("is no longer linked from the dashboard", async () => {
    const links = (objects: readonly KubernetesObject[]) =>
      [...dataOf(objects, release.dashboardLinks, "links").matchAll(/"link": "([^"]+)"/g)].map(([, link]) => link);
    const before = links(whole);
    const after = links(objectsOf(await plannedRelease({ components: without("pipelines", "models-web-app") })));
    expect(before.filter((link) => !after.includes(link))).toEqual([
      "/kserve-endpoints/",
      "/pipeline/#/experiments",
      "/pipeline/#/pipelines",
      "/pipeline/#/runs",
      "/pipeline/#/recurringruns",
      "/pipeline/#/artifacts",
      "/pipeline/#/executions",
      "/pipeline/",
      "/pipeline/#/runs",
    ]);
    expect(after).toContain("/jupyter/new?namespace=kubeflow");
    expect(after).toContain("https://www.kubeflow.org/docs/started/getting-started/");
  });

  it("leaves its label off the namespaces of profiles, also those that have it", async () => {
    const labels = (objects: readonly KubernetesObject[]) =>
      dataOf(objects, "ConfigMap kubeflow/namespace-labels-data-4df5t8mdgf", "namespace-labels.yaml");
    const after = labels(objectsOf(await plannedRelease({ components: without("pipelines", "katib") })));
    expect(labels(whole)).toContain('\npipelines.kubeflow.org/enabled: "true"\n');
    expect(after).toContain('\npipelines.kubeflow.org/enabled: ""\n');
    expect(after).toContain('\nkatib.kubeflow.org/metrics-collector-injection: ""\n');
    expect(after).toContain('\nserving.kubeflow.org/inferenceservice: "enabled"\n');
  });
});

describe("what is taken beside the release", () => {
  const mesh = { cni: false };

  it("is the newer Training Operator where it is asked for and installed", () => {
    const newer = { trainingOperator: "1.8.0" } as const;
    expect(extrasFor({ mesh, components: EVERY_COMPONENT, release: newer })).toEqual(["training-operator-1.8.0"]);
    expect(extrasFor({ mesh, components: without("training-operator"), release: newer })).toEqual([]);
    expect(extrasFor({ mesh, components: EVERY_COMPONENT, release: { trainingOperator: "1.7.0" } })).toEqual([]);
  });

  it("is istio-cni where the mesh uses it", () => {
    const release = { trainingOperator: "1.7.0" } as const;
    expect(extrasFor({ mesh: { cni: true }, components: {}, release })).toEqual(["istio-cni"]);
  });
});

describe("the settings", () => {
  const errorOf = (components: unknown): string => {
    try {
      parseSettings({ environment: "dev", cloud: "existing", components });
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
    return "no error";
  };

  it("refuse to leave out what something else needs, and say what does and the ways out", () => {
    expect(errorOf({ "knative-serving": false })).toContain(
      "components.knative-serving is false; it must be true, as kserve needs it: models run as Knative Services; " +
        "or set components.kserve and components.models-web-app to false",
    );
    expect(errorOf({ "knative-serving": false, kserve: false })).toContain(
      "components.kserve is false; it must be true, as models-web-app needs it: its pages list InferenceServices; " +
        "or set components.models-web-app to false",
    );
    expect(errorOf({ "knative-serving": false, kserve: false, "models-web-app": false })).toBe("no error");
  });

  it("refuse a component that there is not, and a value that is none", () => {
    expect(errorOf({ knative: false })).toContain("components.knative is not a setting");
    expect(errorOf({ kserv: false })).toContain("(did you mean kserve?)");
    expect(errorOf({ katib: "off" })).toContain('components.katib is "off"; it must be true or false');
  });
});
