import {
  at,
  groupKind,
  type KubernetesObject,
  labelsAt,
  listAt,
  objectId,
  textAt,
} from "../../../components/kit/objects.ts";
import { endpointOf, OUTSIDE_ADDRESS } from "../../../components/kubeflow/network/reachability.ts";
import { reaches } from "../../../components/kubeflow/network/reach.ts";
import { podPort } from "../../../components/kubeflow/network/services.ts";
import { type Inventory, inventoryOf } from "../../../components/kubeflow/order/inventory.ts";
import type { Workload } from "../../../components/kubeflow/order/workload.ts";

const UNENCRYPTED = new Set(["HTTP", "HTTP2", "GRPC", "TCP", "MONGO"]);

/** Servers of Gateways that take unencrypted requests, other than to redirect them, on a port that is let in from outside. */
export function plainGateways(objects: readonly KubernetesObject[]): string[] {
  const inventory = inventoryOf(objects);
  const policies = inventory.ofKind("NetworkPolicy.networking.k8s.io");
  return objects
    .filter((object) => groupKind(object) === "Gateway.networking.istio.io")
    .flatMap((gateway) =>
      listAt(gateway, "spec", "servers")
        .filter((server) => UNENCRYPTED.has(textAt(server, "port", "protocol") ?? ""))
        .filter((server) => at(server, "tls", "httpsRedirect") !== true)
        .flatMap((server) => Number(at(server, "port", "number")))
        .filter((port) =>
          proxiesOf(gateway, inventory).some((proxy) =>
            podPortsOf(proxy, port, inventory).some((number) =>
              reaches(policies, OUTSIDE_ADDRESS, endpointOf(proxy, inventory), { port: number, protocol: "TCP" }),
            ),
          ),
        )
        .map((port) => `${objectId(gateway)}: port ${port}`),
    );
}

/** Gateways select proxies of any namespace. */
function proxiesOf(gateway: KubernetesObject, inventory: Inventory): readonly Workload[] {
  const selector = Object.entries(labelsAt(gateway, "spec", "selector"));
  return inventory.workloads.filter(({ labels }) => selector.every(([key, value]) => labels[key] === value));
}

/** A proxy listens where the Services in front of it send what comes in for the port, or on the port itself. */
function podPortsOf(proxy: Workload, port: number, inventory: Inventory): number[] {
  const services = inventory.ofKind("Service").filter((service) => inventory.behind(service).includes(proxy));
  return [port, ...services.flatMap((service) => podPort(service, port, proxy) ?? [])];
}
