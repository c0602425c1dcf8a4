import type { KubernetesObject } from "../../kit/objects.ts";
import type { Inventory } from "../order/inventory.ts";
import { type Flow, nameOf, PROFILE_LABEL, type Source, type Target, targetOf } from "./flows.ts";

/** Every namespace has it, with its own name. */
export const NAMESPACE_LABEL = "kubernetes.io/metadata.name";
const DESCRIPTION = "kubernetes.io/description";

/** What is let out to nothing but the targets of its own flows. */
export interface Sealed {
  /** Workloads as `namespace/name`. */
  readonly workloads: readonly string[];
  /** The rule by which they find those targets. */
  readonly nameResolution: object;
}

/**
 * The NetworkPolicies of a set of objects: every namespace denies what comes in, every target of a flow admits its
 * sources, and what is sealed is let out nowhere else.
 */
export function networkPolicies(flows: readonly Flow[], sealed: Sealed, inventory: Inventory): KubernetesObject[] {
  const targets = new Map(flows.map(({ to }) => [keyOf(to), to]));
  const isolated = inventory.workloads.filter((workload) => sealed.workloads.includes(nameOf(workload)));
  for (const workload of isolated) targets.set(keyOf(targetOf(workload)), targetOf(workload));
  return [
    ...inventory.ofKind("Namespace").map(({ metadata }) => defaultDeny(metadata.name)),
    ...[...targets].map(([key, target]) => {
      const into = flows.filter(({ to }) => keyOf(to) === key);
      const isSealed = target.workload !== undefined && isolated.includes(target.workload);
      if (!isSealed) return policyFor(target, into);
      return policyFor(target, into, [sealed.nameResolution, ...egressOf(flows, target)]);
    }),
  ];
}

/** Two controllers of one namespace may not share a name here: policies are named as what they protect. */
function keyOf({ namespace, name }: Target): string {
  return `${namespace}/${name}`;
}

function isFrom({ from }: Flow, target: Target): boolean {
  return from.kind === "workload" && from.workload === target.workload;
}

function defaultDeny(namespace: string): KubernetesObject {
  return policy(namespace, "default-deny", "what no other policy admits", {
    podSelector: {},
    policyTypes: ["Ingress"],
  });
}

function egressOf(flows: readonly Flow[], target: Target): object[] {
  const out = flows.filter((flow) => isFrom(flow, target));
  return rulesOf(
    out.map(({ to, port }) => ({ port, peer: peerOf(to, target.namespace) })),
    "to",
  );
}

/** Without egress rules, a policy that lets everything out. */
function policyFor(target: Target, into: readonly Flow[], egress?: readonly object[]): KubernetesObject {
  const ingress = rulesOf(
    into.map(({ from, port }) => ({ port, peer: sourcePeer(from, target.namespace) })),
    "from",
  );
  const reasons = [...new Set(into.map(({ why }) => why))].sort();
  return policy(target.namespace, target.name, reasons.join("; ") || "nothing connects to it", {
    podSelector: { matchLabels: target.labels },
    policyTypes: egress === undefined ? ["Ingress"] : ["Ingress", "Egress"],
    ingress,
    ...(egress === undefined ? {} : { egress }),
  });
}

/** What a rule of a NetworkPolicy lets through. */
export interface Opening {
  /** Of the pods; undefined for all of them. */
  readonly port: number | undefined;
  /** A NetworkPolicyPeer; undefined for any. */
  readonly peer: object | undefined;
}

/** One rule for each set of peers, with all the ports that are open to exactly these. */
export function rulesOf(openings: readonly Opening[], side: "from" | "to"): object[] {
  const byPort = Map.groupBy(openings, ({ port }) => port);
  const peersOf = [...byPort].map(([port, to]): { port: number | undefined; peers: readonly object[] } => {
    const peers = to.map(({ peer }) => peer);
    return { port, peers: peers.includes(undefined) ? [] : distinct(peers.filter((peer) => peer !== undefined)) };
  });
  const byPeers = Map.groupBy(peersOf, ({ peers }) => JSON.stringify(peers));
  return [...byPeers.values()]
    .map((same) => same.toSorted((a, b) => (a.port ?? 0) - (b.port ?? 0)))
    .toSorted((a, b) => (a[0]?.port ?? 0) - (b[0]?.port ?? 0))
    .map((same) => {
      const peers = same[0]?.peers ?? [];
      return {
        ...(peers.length === 0 ? {} : { [side]: peers }),
        ...(same.some(({ port }) => port === undefined)
          ? {}
          : { ports: same.map(({ port }) => ({ port, protocol: "TCP" })) }),
      };
    });
}

/** In an order that does not depend on that of the objects, so that a second run changes nothing. */
function distinct(peers: readonly object[]): readonly object[] {
  const byText = new Map(peers.map((peer) => [JSON.stringify(peer), peer]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, peer]) => peer);
}

function sourcePeer(source: Source, namespace: string): object | undefined {
  switch (source.kind) {
    case "anywhere":
      return undefined;
    case "profiles":
      return { namespaceSelector: { matchLabels: PROFILE_LABEL } };
    case "namespaces":
      return {
        namespaceSelector: { matchExpressions: [{ key: NAMESPACE_LABEL, operator: "In", values: source.names }] },
      };
    case "workload":
      return peerOf(targetOf(source.workload), namespace);
  }
}

/** The pods of a target, as a policy of the namespace `own` selects them. */
export function peerOf({ namespace, labels }: Target, own: string): object {
  const podSelector = { matchLabels: labels };
  if (namespace === own) return { podSelector };
  return { namespaceSelector: { matchLabels: { [NAMESPACE_LABEL]: namespace } }, podSelector };
}

export function policy(namespace: string, name: string, description: string, spec: object): KubernetesObject {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace, annotations: { [DESCRIPTION]: description } },
    spec,
  };
}
