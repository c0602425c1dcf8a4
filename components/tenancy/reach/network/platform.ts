import { at, type KubernetesObject, listAt, textAt } from "../../../kit/objects.ts";
import { nameOf } from "../../../kubeflow/network/flows.ts";
import type { Endpoint } from "../../../kubeflow/network/reach.ts";
import { endpointOf, type MutualTls, mutualTlsOf, portsOf } from "../../../kubeflow/network/reachability.ts";
import type { Inventory } from "../../../kubeflow/order/inventory.ts";
import { containersOf, type Workload } from "../../../kubeflow/order/workload.ts";
import type { Called } from "../mesh/index.ts";

/** A port of the platform's pods. */
export interface PlatformPort extends Called {
  /** `namespace/name` of the workload. */
  readonly workload: string;
  readonly endpoint: Endpoint;
  readonly port: number;
  readonly mutualTls: MutualTls;
  /** Whether who is meant by a request is read from its header of the user. */
  readonly believesHeader: boolean;
}

/** Every port that a container or a Service of these namespaces names, by the name of its workload. */
export function platformPorts(namespaces: readonly string[], inventory: Inventory): PlatformPort[] {
  return inventory.workloads
    .filter(({ namespace }) => namespaces.includes(namespace))
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .flatMap((workload) => {
      const endpoint = endpointOf(workload, inventory);
      const { namespace, labels } = workload;
      const believesHeader = readsUserHeader(workload, inventory);
      return portsOf(workload, inventory).map((port) => ({
        ...{ workload: nameOf(workload), namespace, labels, endpoint, port, believesHeader },
        mutualTls: mutualTlsOf(workload, port, inventory),
      }));
    });
}

/** Components are told the header's name in a variable such as USERID_HEADER, of their own or of a ConfigMap. */
function readsUserHeader(workload: Workload, inventory: Inventory): boolean {
  const names = containersOf(workload.podSpec).flatMap((container) => [
    ...listAt(container, "env").map((variable) => textAt(variable, "name") ?? ""),
    ...listAt(container, "envFrom").flatMap((source) => {
      const config = textAt(source, "configMapRef", "name") ?? "";
      return keysOf(inventory.find("ConfigMap", workload.namespace, config));
    }),
  ]);
  return names.some((name) => name.endsWith("USERID_HEADER"));
}

function keysOf(config: KubernetesObject | undefined): string[] {
  return Object.keys(at(config, "data") ?? {});
}
