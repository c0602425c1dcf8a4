import { numberAt, textAt } from "../reading.ts";
import type { KubernetesSubject } from "../resource.ts";
import { podTemplatesOf } from "./pod-templates.ts";
import { quantityOf } from "./quantity.ts";

/** What pods request: cores, and bytes of memory. */
export interface Footprint {
  readonly cpu: number;
  readonly memory: number;
}

const RUNNING: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "DaemonSet"]);

/** What the pods of long-running workloads request together; those of a DaemonSet count once for each of the nodes. */
export function footprintOf(objects: readonly KubernetesSubject[], nodes: number): Footprint {
  const each = objects
    .filter(({ kind }) => RUNNING.has(kind))
    .map((object) => {
      const pods = object.kind === "DaemonSet" ? nodes : (numberAt(object.value, "spec", "replicas") ?? 1);
      const containers = podTemplatesOf(object).flatMap((template) => template.containers);
      const ofPod = (resource: string) =>
        containers
          .filter(({ kind }) => kind === "container")
          .reduce((sum, { value }) => sum + requested(value, resource), 0);
      return { cpu: pods * ofPod("cpu"), memory: pods * ofPod("memory") };
    });
  return {
    cpu: each.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: each.reduce((sum, { memory }) => sum + memory, 0),
  };
}

/** A limit without a request is one. */
function requested(container: unknown, resource: string): number {
  const text = (of: string) =>
    textAt(container, "resources", of, resource) ?? numberAt(container, "resources", of, resource);
  return quantityOf(text("requests") ?? text("limits")) ?? 0;
}
