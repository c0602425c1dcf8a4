import { load } from "js-yaml";
import { at, groupKind, type KubernetesObject, objectId, textAt } from "../../kit/objects.ts";
import { cpuQuantity, quantityOf } from "../../kit/quantities.ts";
import type { ContainerSize, StartedPod } from "../../kubeflow/profile-pods.ts";

/** What a platform starts in its profiles, and with which proxy. */
export interface Started {
  readonly pods: readonly StartedPod[];
  /** Resources of the mesh's proxy, and of the init container before it. */
  readonly proxy: NonNullable<ContainerSize["resources"]>;
}

/** Name of the pod that the notebook form starts with nothing changed in it. */
export const NOTEBOOK = "notebook";

/** What the objects of a plan start in profiles, beside `pods` which they do not show. */
export function startedBy(objects: readonly KubernetesObject[], pods: readonly StartedPod[]): Started {
  const configMaps = objects.filter((object) => groupKind(object) === "ConfigMap");
  const text = (key: string) =>
    configMaps.map((object) => textAt(object, "data", key)).find((found) => found !== undefined);
  const injector = configMaps.find(({ metadata }) => metadata.name === "istio-sidecar-injector");
  const values = JSON.parse(textAt(injector, "data", "values") ?? "{}") as unknown;
  const form = text("spawner_ui_config.yaml");
  const present = new Set(objects.map(objectId));
  return {
    pods: [
      ...pods.filter(({ by }) => present.has(by)),
      ...(form === undefined ? [] : [notebookOf(at(load(form), "spawnerFormDefaults"))]),
    ],
    proxy: at(values, "global", "proxy", "resources") ?? {},
  };
}

/** The form multiplies requests by a factor to get limits; `none` sets no limit. */
function notebookOf(form: unknown): StartedPod {
  const request = (resource: string) => quantityOf(textAt(form, resource, "value") ?? "0");
  const limit = (resource: string, write: (value: number) => string) => {
    const factor = textAt(form, resource, "limitFactor") ?? "none";
    return factor === "none" ? {} : { [resource]: write(request(resource) * Number(factor)) };
  };
  const bytes = (value: number) => String(Math.round(value));
  const claim = textAt(form, "workspaceVolume", "value", "newPvc", "spec", "resources", "requests", "storage");
  return {
    name: NOTEBOOK,
    by: "Deployment.apps kubeflow/notebook-controller-deployment",
    containers: [
      {
        name: NOTEBOOK,
        resources: {
          requests: { cpu: cpuQuantity(request("cpu")), memory: bytes(request("memory")) },
          limits: { ...limit("cpu", cpuQuantity), ...limit("memory", bytes) },
        },
      },
    ],
    hasSidecar: true,
    copies: 1,
    ...(claim === undefined ? {} : { claims: [claim] }),
    evidence: "spawner_ui_config.yaml of the notebook form",
  };
}
