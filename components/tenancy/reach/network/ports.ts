import { at, type KubernetesObject, listAt } from "../../../kit/objects.ts";
import type { Protocol } from "../../../kubeflow/network/reach.ts";

/** Ports from the first to the last, both included, of which policies say the same. */
export interface PortRange {
  readonly protocol: Protocol;
  readonly first: number;
  readonly last: number;
}

const PROTOCOLS = ["TCP", "UDP", "SCTP"] as const satisfies readonly Protocol[];
const [LOWEST, HIGHEST] = [1, 65535] as const;

/** Numbers at which what some NetworkPolicies say of a port may change. */
export function edgesIn(policies: readonly KubernetesObject[]): readonly number[] {
  const entries = policies
    .flatMap((policy) => [...listAt(policy, "spec", "ingress"), ...listAt(policy, "spec", "egress")])
    .flatMap((rule) => listAt(rule, "ports"));
  const edges = entries.flatMap((entry) => {
    const first = at(entry, "port");
    const last = at(entry, "endPort") ?? first;
    return typeof first === "number" && typeof last === "number" ? [first, last + 1] : [];
  });
  return [...new Set(edges)];
}

/** All ports, in the ranges between the edges, that meet a condition on the first of each. */
export function rangesBetween(
  edges: readonly number[],
  isOpen: (port: number, protocol: Protocol) => boolean,
): PortRange[] {
  const starts = [...new Set([LOWEST, ...edges])].filter((port) => port <= HIGHEST).sort((a, b) => a - b);
  return PROTOCOLS.flatMap((protocol) =>
    starts.flatMap((first, index) => {
      const last = (starts[index + 1] ?? HIGHEST + 1) - 1;
      return isOpen(first, protocol) ? [{ protocol, first, last }] : [];
    }),
  );
}

export const ANY_PORT = "any port";

/** Ranges for people, with those that touch made one: `any port`, `443, 8000-8010`, `53/UDP`. */
export function portsTold(ranges: readonly PortRange[]): string {
  const joined = PROTOCOLS.map((protocol) => ({
    protocol,
    ranges: merged(ranges.filter((it) => it.protocol === protocol)),
  }));
  if (joined.every((it) => it.ranges.length === 1 && it.ranges[0]?.first === LOWEST && it.ranges[0].last === HIGHEST)) {
    return ANY_PORT;
  }
  return joined
    .flatMap((it) => it.ranges.map((range) => `${told(range)}${it.protocol === "TCP" ? "" : `/${it.protocol}`}`))
    .join(", ");
}

function merged(ranges: readonly PortRange[]): readonly PortRange[] {
  return ranges.reduce<PortRange[]>((done, range) => {
    const before = done.at(-1);
    return before?.last === range.first - 1
      ? [...done.slice(0, -1), { ...before, last: range.last }]
      : [...done, range];
  }, []);
}

function told({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}
