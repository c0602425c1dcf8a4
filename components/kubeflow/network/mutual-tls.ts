import { at, type KubernetesObject, labelsAt } from "../../kit/objects.ts";
import type { Inventory } from "../order/inventory.ts";
import type { Workload } from "../order/workload.ts";
import { type Flow, type Source, targetOf } from "./flows.ts";
import { hasSidecar, isProxy, isRedirected, meshOf } from "./mesh.ts";

const PEER_AUTHENTICATION = "PeerAuthentication.security.istio.io";
const API_VERSION = "security.istio.io/v1beta1";
const PERMISSIVE = { mode: "PERMISSIVE" };

/**
 * The ports on which a workload with a sidecar must also take plain connections, since a known flow comes from where no
 * proxy of the mesh sends: the API server, and pods without a sidecar.
 */
export function plainPorts(flows: readonly Flow[], inventory: Inventory): Map<Workload, number[]> {
  const ports = new Map<Workload, Set<number>>();
  for (const { from, to, port } of flows) {
    const { workload } = to;
    if (workload === undefined || !hasSidecar(workload, inventory) || !isRedirected(workload, port)) continue;
    if (sendsMutualTls(from, inventory)) continue;
    ports.set(workload, (ports.get(workload) ?? new Set()).add(port));
  }
  return new Map([...ports].map(([workload, set]) => [workload, [...set].sort((a, b) => a - b)]));
}

function sendsMutualTls(source: Source, inventory: Inventory): boolean {
  switch (source.kind) {
    case "workload":
      return hasSidecar(source.workload, inventory) || isProxy(source.workload);
    case "profiles":
      return source.hasSidecar;
    default:
      return false;
  }
}

/** The mesh takes mutual TLS only, but for the plain ports; policies that are there keep what they say of others. */
export function peerAuthentications(flows: readonly Flow[], inventory: Inventory): KubernetesObject[] {
  const mesh = meshOf(inventory);
  if (mesh === undefined) return [];
  const strict: KubernetesObject = {
    apiVersion: API_VERSION,
    kind: "PeerAuthentication",
    metadata: { name: "default", namespace: mesh.rootNamespace },
    spec: { mtls: { mode: "STRICT" } },
  };
  const plain = [...plainPorts(flows, inventory)].map(([workload, ports]) => {
    const present = policyOf(workload, inventory);
    const permissive = Object.fromEntries(ports.map((port) => [String(port), PERMISSIVE]));
    const portLevelMtls = { ...(at(present, "spec", "portLevelMtls") as object | undefined), ...permissive };
    const { name, namespace, labels } = targetOf(workload);
    const policy: KubernetesObject = present ?? {
      apiVersion: API_VERSION,
      kind: "PeerAuthentication",
      metadata: { name, namespace },
      spec: { selector: { matchLabels: labels } },
    };
    return { ...policy, spec: { ...(policy["spec"] as object), portLevelMtls } };
  });
  return [strict, ...plain];
}

/** The policy that selects a workload: of two that do, Istio heeds only the older. */
function policyOf({ namespace, labels }: Workload, inventory: Inventory): KubernetesObject | undefined {
  return inventory.ofKind(PEER_AUTHENTICATION).find((policy) => {
    const selector = Object.entries(labelsAt(policy, "spec", "selector", "matchLabels"));
    return (
      policy.metadata.namespace === namespace &&
      selector.length > 0 &&
      selector.every(([key, value]) => labels[key] === value)
    );
  });
}
