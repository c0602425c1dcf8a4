import { at, groupKind, type KubernetesObject, labelsAt, listAt, textAt } from "../../kit/objects.ts";
import { containersOf, replicasOf, type Workload, workloadOf } from "../order/workload.ts";

/** What the pods of a platform request of a cluster together. */
export interface Footprint {
  readonly pods: number;
  /** Pods that get Istio's proxy. */
  readonly injected: number;
  /** Millicores. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
}

/** Requests of all workloads at the replicas they start with, the injected proxies included. DaemonSets count as one pod. */
export function footprintOf(objects: readonly KubernetesObject[]): Footprint {
  const namespaces = new Map(
    objects
      .filter((object) => groupKind(object) === "Namespace")
      .map((object) => [object.metadata.name, labelsAt(object, "metadata", "labels")]),
  );
  const proxy = proxyResources(objects);
  return objects
    .map(workloadOf)
    .filter((workload) => workload !== undefined)
    .reduce(
      (sum, workload) => {
        const replicas = replicasOf(workload.object);
        const injected = isInjected(workload, namespaces.get(workload.namespace) ?? {});
        const parts = [...listAt(workload.podSpec, "containers"), ...(injected ? [{ resources: proxy }] : [])];
        return {
          pods: sum.pods + replicas,
          injected: sum.injected + (injected ? replicas : 0),
          cpu: sum.cpu + replicas * total(parts, "cpu", millicores),
          memory: sum.memory + replicas * total(parts, "memory", mebibytes),
        };
      },
      { pods: 0, injected: 0, cpu: 0, memory: 0 },
    );
}

/** Containers of all workloads, init containers included, that could eat the memory of their node. */
export function withoutMemoryLimit(objects: readonly KubernetesObject[]): readonly string[] {
  return objects.flatMap((object) =>
    containersOf(workloadOf(object)?.podSpec)
      .filter((container) => textAt(container, "resources", "limits", "memory") === undefined)
      .map((container) => `${object.metadata.namespace}/${object.metadata.name} ${textAt(container, "name")}`),
  );
}

function proxyResources(objects: readonly KubernetesObject[]): unknown {
  const injector = objects.find(
    (object) => groupKind(object) === "ConfigMap" && object.metadata.name === "istio-sidecar-injector",
  );
  return at(JSON.parse(textAt(injector, "data", "values") ?? "{}"), "global", "proxy", "resources");
}

/** As the selectors of Istio's webhook decide: the pod's word counts before that of its namespace. */
function isInjected(workload: Workload, namespace: Readonly<Record<string, string>>): boolean {
  const annotation = textAt(workload.object, "spec", "template", "metadata", "annotations", "sidecar.istio.io/inject");
  const word = workload.labels["sidecar.istio.io/inject"] ?? annotation;
  return namespace["istio-injection"] === "enabled" && word !== "false";
}

function total(containers: readonly unknown[], resource: string, amount: (quantity: string) => number): number {
  return containers.reduce<number>((sum, container) => {
    const quantity = textAt(container, "resources", "requests", resource);
    return sum + (quantity === undefined ? 0 : amount(quantity));
  }, 0);
}

function millicores(quantity: string): number {
  return quantity.endsWith("m") ? Number(quantity.slice(0, -1)) : Number(quantity) * 1000;
}

const MEBIBYTES = { Mi: 1, Gi: 1024 } as const;

function mebibytes(quantity: string): number {
  const unit = quantity.slice(-2);
  if (unit !== "Mi" && unit !== "Gi") throw new RangeError(`${JSON.stringify(quantity)} is not a size in Mi or Gi`);
  return Number(quantity.slice(0, -2)) * MEBIBYTES[unit];
}
