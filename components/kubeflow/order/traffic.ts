import { at, type KubernetesObject, labelsAt, listAt, textAt } from "../../kit/objects.ts";
import type { Inventory } from "./inventory.ts";
import { containersOf, type Workload } from "./workload.ts";

/**
 * The Services that a workload is configured to call: host names of Services of the set in its arguments and
 * environment, ConfigMaps resolved. A name without a namespace counts only where it stands alone or before a port.
 */
export function servicesCalledBy(workload: Workload, inventory: Inventory): readonly KubernetesObject[] {
  const found = new Set<KubernetesObject>();
  for (const text of textsOf(workload, inventory)) {
    for (const host of hostsIn(text)) {
      const [name = "", namespace = workload.namespace, suffix] = host.split(".");
      if (suffix !== undefined && suffix !== "svc") continue;
      const service = inventory.find("Service", namespace, name);
      if (service !== undefined) found.add(service);
    }
  }
  return [...found];
}

/** Host names in a value: alone, as the value of a flag, in a URL, or before a port. */
export function hostsIn(text: string): readonly string[] {
  const value = text.replace(/^--?[A-Za-z][\w.-]*=/, "");
  const host = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d+)?(?:\/.*)?$/.exec(value);
  return host?.[1] === undefined ? [] : [host[1]];
}

/** The texts that a workload is configured with: commands, arguments and environment, ConfigMaps resolved. */
export function textsOf(workload: Workload, inventory: Inventory): readonly string[] {
  const dataOf = (name: string | undefined) =>
    name === undefined ? {} : labelsAt(inventory.find("ConfigMap", workload.namespace, name), "data");
  return containersOf(workload.podSpec).flatMap((container) => [
    ...[...listAt(container, "command"), ...listAt(container, "args")].filter((text) => typeof text === "string"),
    ...listAt(container, "env").flatMap((variable) => {
      const key = at(variable, "valueFrom", "configMapKeyRef");
      const value = textAt(variable, "value") ?? dataOf(textAt(key, "name"))[textAt(key, "key") ?? ""];
      return value === undefined ? [] : [value];
    }),
    ...listAt(container, "envFrom").flatMap((from) => Object.values(dataOf(textAt(from, "configMapRef", "name")))),
  ]);
}
