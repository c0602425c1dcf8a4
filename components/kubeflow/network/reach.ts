import { BlockList, isIPv6 } from "node:net";
import { at, type KubernetesObject, labelsAt, listAt, textAt } from "../../kit/objects.ts";
import { meets } from "../../kit/selectors.ts";

export type Protocol = "TCP" | "UDP" | "SCTP";

/** A pod as NetworkPolicies see it, or an address outside the cluster. */
export type Endpoint = PodEndpoint | { readonly address: string };

export interface PodEndpoint {
  readonly namespace: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Names of its container ports, for policies that name ports. */
  readonly ports?: readonly NamedPort[];
  /** Without one no ipBlock selects the pod. */
  readonly address?: string;
}

export interface NamedPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: Protocol;
}

export interface Destination {
  readonly port: number;
  readonly protocol: Protocol;
}

/** Whether NetworkPolicies let `from` open a connection to `to`: the one must be let out and the other let in. */
export function reaches(
  policies: readonly KubernetesObject[],
  from: Endpoint,
  to: Endpoint,
  destination: Destination,
): boolean {
  return allows("Egress", policies, from, to, destination) && allows("Ingress", policies, from, to, destination);
}

type Direction = "Ingress" | "Egress";

/** The policies of one direction add up; where none selects the pod, everything is allowed. */
function allows(
  direction: Direction,
  policies: readonly KubernetesObject[],
  from: Endpoint,
  to: Endpoint,
  destination: Destination,
): boolean {
  const [subject, peer] = direction === "Ingress" ? [to, from] : [from, to];
  if (!isPod(subject)) return true;
  const isolating = policies.filter((policy) => appliesTo(policy, subject, direction));
  if (isolating.length === 0) return true;
  const [rules, peers] = direction === "Ingress" ? ["ingress", "from"] : ["egress", "to"];
  return isolating.some((policy) =>
    listAt(policy, "spec", rules).some(
      (rule) =>
        isEmptyOr(listAt(rule, peers), (candidate) => selectsPeer(candidate, peer, policy)) &&
        isEmptyOr(listAt(rule, "ports"), (candidate) => selectsPort(candidate, destination, to)),
    ),
  );
}

/** A list that is missing or empty restricts nothing. */
function isEmptyOr(list: readonly unknown[], selects: (item: unknown) => boolean): boolean {
  return list.length === 0 || list.some(selects);
}

function appliesTo(policy: KubernetesObject, pod: PodEndpoint, direction: Direction): boolean {
  return (
    (policy.metadata.namespace ?? "default") === pod.namespace &&
    directionsOf(policy).includes(direction) &&
    meets(pod.labels, at(policy, "spec", "podSelector"))
  );
}

/** A policy that does not say is about ingress, and about egress where it has rules for it. */
function directionsOf(policy: KubernetesObject): readonly unknown[] {
  const types = listAt(policy, "spec", "policyTypes");
  if (types.length > 0) return types;
  return listAt(policy, "spec", "egress").length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
}

function selectsPeer(candidate: unknown, peer: Endpoint, policy: KubernetesObject): boolean {
  const block = at(candidate, "ipBlock");
  if (block !== undefined) return peer.address !== undefined && isInBlock(peer.address, block);
  if (!isPod(peer)) return false;
  const namespaces = at(candidate, "namespaceSelector");
  const isNamespaceSelected =
    namespaces === undefined
      ? peer.namespace === (policy.metadata.namespace ?? "default")
      : meets(peer.namespaceLabels, namespaces);
  return isNamespaceSelected && meets(peer.labels, at(candidate, "podSelector"));
}

function isInBlock(address: string, block: unknown): boolean {
  const isIn = (cidr: string) => {
    const [network = "", prefix] = cidr.split("/");
    const family = isIPv6(network) ? "ipv6" : "ipv4";
    const range = new BlockList();
    range.addSubnet(network, Number(prefix), family);
    return isIPv6(address) === isIPv6(network) && range.check(address, family);
  };
  const cidr = textAt(block, "cidr");
  const except = listAt(block, "except").filter((range) => typeof range === "string");
  return cidr !== undefined && isIn(cidr) && !except.some(isIn);
}

function selectsPort(candidate: unknown, { port, protocol }: Destination, to: Endpoint): boolean {
  if ((textAt(candidate, "protocol") ?? "TCP") !== protocol) return false;
  const first = at(candidate, "port");
  if (first === undefined) return true;
  if (typeof first === "string") {
    const named = isPod(to) ? (to.ports ?? []) : [];
    return named.some((own) => own.name === first && own.port === port && own.protocol === protocol);
  }
  const last = at(candidate, "endPort") ?? first;
  return typeof first === "number" && typeof last === "number" && first <= port && port <= last;
}

export function isPod(endpoint: Endpoint): endpoint is PodEndpoint {
  return "namespace" in endpoint;
}

/** The labels of a namespace as the API server completes them. */
export function namespaceLabels(namespace: KubernetesObject): Readonly<Record<string, string>> {
  return { ...labelsAt(namespace, "metadata", "labels"), "kubernetes.io/metadata.name": namespace.metadata.name };
}
