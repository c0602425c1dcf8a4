import { at, type KubernetesObject, labelsAt, listAt } from "../../kit/objects.ts";
import { type Inventory, inventoryOf } from "../order/inventory.ts";
import type { Workload } from "../order/workload.ts";
import { nameOf, PROFILE_LABEL } from "./flows.ts";
import { hasSidecar, isProxy, isRedirected, meshOf } from "./mesh.ts";
import { type Endpoint, type PodEndpoint, reachesUnder } from "./reach.ts";
import { containerPorts, podPort } from "./services.ts";

const NETWORK_POLICY = "NetworkPolicy.networking.k8s.io";
const PEER_AUTHENTICATION = "PeerAuthentication.security.istio.io";

/** Who reaches one port of a workload's pods. */
export interface Reach {
  /** `namespace/name`. */
  readonly to: string;
  readonly port: number;
  /** Workloads as `namespace/name`, and of the groups beside them those that get through. */
  readonly from: readonly string[];
  readonly mutualTls: MutualTls;
}

/** `none`: no sidecar answers there. */
export type MutualTls = "required" | "accepted" | "none";

/** Where connections come from that no workload of the set stands for. */
export const PROFILES = "pods of profiles";
export const OTHER_PODS = "other pods";
export const OUTSIDE = "outside";

/** A pod that no policy speaks of. */
export const OTHER_POD: Endpoint = { namespace: "elsewhere", namespaceLabels: {}, labels: {} };
/** Of the addresses that are set aside for documentation: it stands for any that is not a pod's. */
export const OUTSIDE_ADDRESS: Endpoint = { address: "203.0.113.1" };

const GROUPS: readonly (readonly [string, Endpoint])[] = [
  [PROFILES, { namespace: "a-profile", namespaceLabels: PROFILE_LABEL, labels: {} }],
  [OTHER_PODS, OTHER_POD],
  [OUTSIDE, OUTSIDE_ADDRESS],
];

/**
 * Who reaches whom on the network, for every port that a container or a Service of the set names, as its NetworkPolicies
 * say. The nodes themselves, with the probes of kubelets, are not asked about: they always get through.
 */
export function reachabilityOf(objects: readonly KubernetesObject[]): Reach[] {
  const inventory = inventoryOf(objects);
  const reaches = reachesUnder(inventory.ofKind(NETWORK_POLICY));
  const pods = new Map(inventory.workloads.map((workload) => [workload, endpointOf(workload, inventory)]));
  const sources = [...GROUPS, ...[...pods].map(([workload, pod]) => [nameOf(workload), pod] as const)];
  return [...pods].flatMap(([workload, pod]) => {
    const to = nameOf(workload);
    return portsOf(workload, inventory).map((port) => ({
      to,
      port,
      from: sources
        .filter(([name, from]) => name !== to && reaches(from, pod, { port, protocol: "TCP" }))
        .map(([name]) => name),
      mutualTls: mutualTlsOf(workload, port, inventory),
    }));
  });
}

/** The pods of a workload as NetworkPolicies see them. */
export function endpointOf(workload: Workload, inventory: Inventory): PodEndpoint {
  return {
    namespace: workload.namespace,
    namespaceLabels: inventory.namespaceLabels(workload.namespace),
    labels: workload.labels,
    ports: containerPorts(workload).map(({ name, port }) => ({ name, port, protocol: "TCP" })),
  };
}

/** Ports of a workload that a container or a Service names. */
export function portsOf(workload: Workload, inventory: Inventory): number[] {
  const services = inventory.ofKind("Service").filter((service) => inventory.behind(service).includes(workload));
  const served = services.flatMap((service) =>
    listAt(service, "spec", "ports").flatMap((entry) => {
      const port = at(entry, "port");
      return typeof port === "number" ? (podPort(service, port, workload) ?? []) : [];
    }),
  );
  const own = containerPorts(workload).map(({ port }) => port);
  return [...new Set([...own, ...served])].sort((a, b) => a - b);
}

/** What a port of a workload asks of callers, by its sidecar and the PeerAuthentications. */
export function mutualTlsOf(workload: Workload, port: number, inventory: Inventory): MutualTls {
  if (isProxy(workload) || !hasSidecar(workload, inventory) || !isRedirected(workload, port)) return "none";
  const { namespace, labels } = workload;
  const selected = inventory.ofKind(PEER_AUTHENTICATION).filter((policy) => {
    const selector = Object.entries(labelsAt(policy, "spec", "selector", "matchLabels"));
    const isInScope = [namespace, meshOf(inventory)?.rootNamespace].includes(policy.metadata.namespace);
    return isInScope && selector.every(([key, value]) => labels[key] === value);
  });
  const own = selected.filter(
    (policy) => policy.metadata.namespace === namespace && at(policy, "spec", "selector") !== undefined,
  );
  const ofPort = own.map((policy) => at(policy, "spec", "portLevelMtls", String(port), "mode"));
  const general = [...own, ...selected.filter((policy) => !own.includes(policy))].map((policy) =>
    at(policy, "spec", "mtls", "mode"),
  );
  const mode = [...ofPort, ...general].find((found) => found !== undefined);
  return mode === "STRICT" ? "required" : "accepted";
}
