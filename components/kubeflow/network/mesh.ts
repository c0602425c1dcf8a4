import { load } from "js-yaml";
import { type KubernetesObject, labelsAt, textAt } from "../../kit/objects.ts";
import type { Inventory } from "../order/inventory.ts";
import { containersOf, type Workload } from "../order/workload.ts";

const INJECT = "sidecar.istio.io/inject";
const EXCLUDED_PORTS = "traffic.sidecar.istio.io/excludeInboundPorts";

/** Ports of the sidecar itself, never redirected to its listeners. */
const SIDECAR_PORTS: ReadonlySet<number> = new Set([15020, 15021, 15090]);

/** Port on which a sidecar gives its own and the application's metrics. */
export const MERGED_METRICS_PORT = 15020;

/** What Istio is told for the whole mesh. */
export interface MeshConfig {
  /** Where its policies hold for every namespace. */
  readonly rootNamespace: string;
  /** `istiod.istio-system.svc:15012`. */
  readonly discoveryAddress: string;
  /** The ConfigMap that says so. */
  readonly object: KubernetesObject;
}

/** The mesh of a set of objects; undefined where there is none. */
export function meshOf(inventory: Inventory): MeshConfig | undefined {
  for (const object of inventory.ofKind("ConfigMap")) {
    const text = textAt(object, "data", "mesh");
    if (object.metadata.name !== "istio" || text === undefined) continue;
    const mesh = load(text);
    const rootNamespace = textAt(mesh, "rootNamespace");
    const discoveryAddress = textAt(mesh, "defaultConfig", "discoveryAddress");
    if (rootNamespace !== undefined && discoveryAddress !== undefined) {
      return { rootNamespace, discoveryAddress, object };
    }
  }
  return undefined;
}

/** Whether the pods of a workload get a sidecar: the label decides before the annotation, the namespace last. */
export function hasSidecar(workload: Workload, inventory: Inventory): boolean {
  const asked = workload.labels[INJECT] ?? annotationsOf(workload)[INJECT];
  const namespace = inventory.namespaceLabels(workload.namespace)["istio-injection"];
  if (namespace === "disabled") return false;
  return namespace === "enabled" ? asked !== "false" : workload.labels[INJECT] === "true";
}

/** Whether a workload is itself a proxy of the mesh: a gateway. */
export function isProxy(workload: Workload): boolean {
  return containersOf(workload.podSpec).some((container) => textAt(container, "name") === "istio-proxy");
}

/** Whether connections to a port of a workload with a sidecar pass through it. */
export function isRedirected(workload: Workload, port: number): boolean {
  const excluded = (annotationsOf(workload)[EXCLUDED_PORTS] ?? "").split(",").map(Number);
  return !SIDECAR_PORTS.has(port) && !excluded.includes(port);
}

export function annotationsOf({ object }: Workload): Readonly<Record<string, string>> {
  return labelsAt(object, "spec", "template", "metadata", "annotations");
}
