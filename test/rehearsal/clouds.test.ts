import { beforeAll, describe, expect, it } from "vitest";
import { Secret } from "../../rehearsal/host/index.ts";
import { differencesFrom, GOLDEN_CASES, GOLDEN_SITE, stackOptionsOf } from "../../rehearsal/graph/golden.ts";
import { graphOf } from "../../rehearsal/graph/graph.ts";
import { type Preview, previewStack } from "../../rehearsal/preview/preview.ts";
import { at, listAt, textAt } from "../../components/kit/objects.ts";

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";
const LOAD_BALANCER = "istio-system/istio-ingressgateway";

describe("a site with a project of Harbor", () => {
  it("has the graph that is committed", async () => {
    const { resources, outputs } = await previewStack(stackOptionsOf(GOLDEN_SITE));
    const lines = await differencesFrom(GOLDEN_SITE, graphOf(resources, outputs));
    expect(lines, "npm run graph shows it; npm run graph -- -u takes it over").toEqual([]);
  });
});

describe.each(GOLDEN_CASES)("$environment on $cloud", (golden) => {
  let preview: Preview;
  const all = () => preview.resources;
  const objects = (kind: string) =>
    all().filter(({ type }) => type.startsWith("kubernetes:") && type.endsWith(`:${kind}`));

  beforeAll(async () => {
    preview = await previewStack(golden);
  });

  it("has the graph that is committed", async () => {
    const lines = await differencesFrom(golden, graphOf(preview.resources, preview.outputs));
    expect(lines, "npm run graph shows it; npm run graph -- -u takes it over").toEqual([]);
  });

  it("has exactly one default StorageClass, and none that binds before it knows where", () => {
    const classes = objects("StorageClass");
    const isDefault = (one: (typeof classes)[number]) =>
      textAt(one.inputs, "metadata", "annotations", DEFAULT_CLASS) === "true";
    expect(classes.filter(isDefault)).toHaveLength(1);
    // What the cloud made itself is only named.
    const made = classes.filter(({ inputs }) => inputs["reclaimPolicy"] !== undefined);
    expect(made.length).toBeGreaterThanOrEqual(2);
    for (const { inputs } of made) {
      expect(inputs).toMatchObject({ volumeBindingMode: "WaitForFirstConsumer", allowVolumeExpansion: true });
    }
  });

  it("keeps the platform's four volumes when their claims go", () => {
    const lasting = objects("StorageClass").filter(({ inputs }) => inputs["reclaimPolicy"] === "Retain");
    const claims = objects("PersistentVolumeClaim");
    expect(claims).toHaveLength(4);
    for (const { inputs, options } of claims) {
      expect(lasting.map(({ name }) => name)).toContain(textAt(inputs, "spec", "storageClassName"));
      expect(options.retainOnDelete).toBe(true);
    }
  });

  it("has a load balancer that says for whom it is, and goes before the cluster does", () => {
    const [service] = objects("Service").filter(({ name }) => name === LOAD_BALANCER);
    expect(at(service?.inputs, "spec", "type")).toBe("LoadBalancer");
    expect(Object.keys(at(service?.inputs, "metadata", "annotations") as object).join(" ")).toMatch(/load-?balancer/);
    expect(service?.options.deletedWith).toBeUndefined();
    const others = all().filter(
      ({ type, name, custom }) => custom && type.startsWith("kubernetes:") && name !== LOAD_BALANCER,
    );
    expect(others.filter(({ options }) => options.deletedWith === undefined).map(({ urn }) => urn)).toEqual([]);
  });

  it("shows no secret", () => {
    expect(preview.outputs["kubeconfig"]).toBeInstanceOf(Secret);
    for (const { type, inputs } of all()) {
      if (type === "pulumi:providers:kubernetes") expect(inputs["kubeconfig"]).toBeInstanceOf(Secret);
    }
    const graph = JSON.stringify(graphOf(preview.resources, preview.outputs));
    expect(graph).not.toMatch(/BEGIN [A-Z ]*(CERTIFICATE|KEY)|client-certificate-data|"token":"(?!\[)/);
  });

  it("has every resource of the cloud below a component, by a provider that the program chose", () => {
    const clouds = all().filter(({ type }) => type.startsWith(`${golden.cloud}:`));
    expect(clouds.length).toBeGreaterThan(1);
    for (const { urn, parent = "", provider = "" } of clouds) {
      expect(parent, urn).toContain("kubeflow:cluster:");
      expect(provider, urn).toContain(`pulumi:providers:${golden.cloud}`);
    }
  });

  it("asks for tolerations of GPU nodes nowhere but where every node is meant", () => {
    for (const { type, name, inputs } of all()) {
      const tolerations = listAt(inputs, "spec", "template", "spec", "tolerations");
      const tolerates = tolerations.some(
        (one) => textAt(one, "operator") === "Exists" && textAt(one, "key") === undefined,
      );
      if (tolerates) expect(type, name).toBe("kubernetes:apps/v1:DaemonSet");
    }
  });
});
