import { at, type KubernetesObject, listAt, textAt } from "../../kit/objects.ts";
import type { Inventory } from "../order/inventory.ts";
import { containersOf, type Workload } from "../order/workload.ts";

/** The Service of a host name as it is written in a namespace: short, with a namespace, or in full. */
export function serviceAt(host: string, namespace: string, inventory: Inventory): KubernetesObject | undefined {
  const [name = "", own = namespace] = host.replace(/\.svc(\.cluster\.local)?$/, "").split(".");
  return inventory.find("Service", own, name);
}

/** The port of the pods that a port of a Service leads to; undefined where the Service has no such port. */
export function podPort(service: KubernetesObject, port: number, workload: Workload): number | undefined {
  const entry = listAt(service, "spec", "ports").find((candidate) => at(candidate, "port") === port);
  if (entry === undefined) return undefined;
  const target = at(entry, "targetPort");
  if (typeof target === "number") return target;
  return typeof target === "string" ? portsNamed(new RegExp(`^${target}$`), workload)[0] : port;
}

/** Numbers of a workload's container ports whose names match. */
export function portsNamed(pattern: RegExp, workload: Workload): number[] {
  return containerPorts(workload).flatMap(({ name, port }) => (pattern.test(name) ? [port] : []));
}

export function containerPorts(workload: Workload): { readonly name: string; readonly port: number }[] {
  return containersOf(workload.podSpec).flatMap((container) =>
    listAt(container, "ports").flatMap((entry) => {
      const port = at(entry, "containerPort");
      return typeof port === "number" ? [{ name: textAt(entry, "name") ?? "", port }] : [];
    }),
  );
}
