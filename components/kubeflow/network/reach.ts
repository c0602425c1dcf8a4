import { at, type KubernetesObject, labelsAt, listAt, textAt } from "../../kit/objects.ts";
import { meets } from "../../kit/selectors.ts";
import { holdsAnyOf } from "./blocks.ts";

export type Protocol = "TCP" | "UDP" | "SCTP";

/** A pod as NetworkPolicies see it, or an address outside the cluster. */
export type Endpoint = PodEndpoint | { readonly address: string };

/** Of pods that somebody else makes: they have the labels, and the names of ports, that their maker likes. */
export const ANY_LABELS = "any labels";

export interface PodEndpoint {
  readonly namespace: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>> | typeof ANY_LABELS;
  /** Names of its container ports, for policies that name ports. */
  readonly ports?: readonly NamedPort[];
  /** Without an address or ranges no ipBlock selects the pod. */
  readonly address?: string;
  /** Blocks that its address is somewhere in, where it is not known. */
  readonly ranges?: readonly string[];
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

/** Whether `from` may open a connection to `to`: the one must be let out and the other let in. */
export type Reaches = (from: Endpoint, to: Endpoint, destination: Destination) => boolean;

/** `reachesUnder`, for a single question. */
export function reaches(policies: readonly KubernetesObject[], ...question: Parameters<Reaches>): boolean {
  return reachesUnder(policies)(...question);
}

/**
 * What NetworkPolicies let through. Of endpoints whose labels or addresses are not known, any is let through that some
 * choice of them lets through: an answer of no holds whatever they are.
 */
export function reachesUnder(policies: readonly KubernetesObject[]): Reaches {
  const way = waysUnder(policies);
  return (from, to, destination) => way(from, to)(destination);
}

/** `reachesUnder`, for many questions about the same two. */
export function waysUnder(
  policies: readonly KubernetesObject[],
): (from: Endpoint, to: Endpoint) => (destination: Destination) => boolean {
  const inNamespace = Map.groupBy(policies, ({ metadata }) => metadata.namespace ?? "default");
  const remembered = { Ingress: new WeakMap<Endpoint, Isolation>(), Egress: new WeakMap<Endpoint, Isolation>() };
  const isolationOf = (pod: PodEndpoint, direction: Direction): Isolation => {
    const known = remembered[direction].get(pod);
    if (known !== undefined) return known;
    const isolation = isolationBy(inNamespace.get(pod.namespace) ?? [], pod, direction);
    remembered[direction].set(pod, isolation);
    return isolation;
  };
  return (from, to) => {
    const out = isPod(from) ? rulesFor(to, isolationOf(from, "Egress")) : undefined;
    const into = isPod(to) ? rulesFor(from, isolationOf(to, "Ingress")) : undefined;
    return (destination) => [out, into].every((rules) => rules === undefined || admit(rules, to, destination));
  };
}

type Direction = "Ingress" | "Egress";

/** The policies of one direction that select a pod. They add up; where none does, everything is allowed. */
interface Isolation {
  /** Whether a policy selects it, whatever its labels. */
  readonly isCertain: boolean;
  readonly rules: readonly { readonly rule: unknown; readonly peers: readonly unknown[]; readonly namespace: string }[];
}

function isolationBy(policies: readonly KubernetesObject[], pod: PodEndpoint, direction: Direction): Isolation {
  const [rules, peers] = direction === "Ingress" ? ["ingress", "from"] : ["egress", "to"];
  const selecting = policies.filter(
    (policy) => directionsOf(policy).includes(direction) && mayMeet(pod.labels, at(policy, "spec", "podSelector")),
  );
  return {
    isCertain: selecting.some((policy) => pod.labels !== ANY_LABELS || isEmpty(at(policy, "spec", "podSelector"))),
    rules: selecting.flatMap((policy) =>
      listAt(policy, "spec", rules).map((rule) => ({ rule, peers: listAt(rule, peers), namespace: pod.namespace })),
    ),
  };
}

/** The rules that mean a peer; undefined where everything is allowed. */
function rulesFor(peer: Endpoint, { isCertain, rules }: Isolation): readonly unknown[] | undefined {
  if (!isCertain) return undefined;
  return rules.flatMap(({ rule, peers, namespace }) =>
    isEmptyOr(peers, (candidate) => selectsPeer(candidate, peer, namespace)) ? [rule] : [],
  );
}

function admit(rules: readonly unknown[], to: Endpoint, destination: Destination): boolean {
  return rules.some((rule) => isEmptyOr(listAt(rule, "ports"), (port) => selectsPort(port, destination, to)));
}

/** A list that is missing or empty restricts nothing. */
function isEmptyOr(list: readonly unknown[], selects: (item: unknown) => boolean): boolean {
  return list.length === 0 || list.some(selects);
}

function mayMeet(labels: PodEndpoint["labels"], selector: unknown): boolean {
  return labels === ANY_LABELS || meets(labels, selector);
}

function isEmpty(selector: unknown): boolean {
  return (
    listAt(selector, "matchExpressions").length === 0 && Object.keys(labelsAt(selector, "matchLabels")).length === 0
  );
}

/** A policy that does not say is about ingress, and about egress where it has rules for it. */
function directionsOf(policy: KubernetesObject): readonly unknown[] {
  const types = listAt(policy, "spec", "policyTypes");
  if (types.length > 0) return types;
  return listAt(policy, "spec", "egress").length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
}

function selectsPeer(candidate: unknown, peer: Endpoint, ownNamespace: string): boolean {
  const block = at(candidate, "ipBlock");
  if (block !== undefined) return holdsAnyOf(block, rangesOf(peer));
  if (!isPod(peer)) return false;
  const namespaces = at(candidate, "namespaceSelector");
  const isNamespaceSelected =
    namespaces === undefined ? peer.namespace === ownNamespace : meets(peer.namespaceLabels, namespaces);
  return isNamespaceSelected && mayMeet(peer.labels, at(candidate, "podSelector"));
}

function rangesOf(peer: Endpoint): readonly string[] {
  if (peer.address !== undefined) return [peer.address];
  return isPod(peer) ? (peer.ranges ?? []) : [];
}

function selectsPort(candidate: unknown, { port, protocol }: Destination, to: Endpoint): boolean {
  if ((textAt(candidate, "protocol") ?? "TCP") !== protocol) return false;
  const first = at(candidate, "port");
  if (first === undefined) return true;
  if (typeof first === "string") {
    if (!isPod(to)) return false;
    if (to.ports === undefined) return to.labels === ANY_LABELS;
    return to.ports.some((own) => own.name === first && own.port === port && own.protocol === protocol);
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
