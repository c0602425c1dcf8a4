import type { KubernetesObject } from "../../kit/objects.ts";
import type { Extent, Held } from "./authority.ts";
import { type Cluster, clusterOf } from "./cluster.ts";
import { type Connections, connectionsIn } from "./network/connections.ts";
import { ANY_PORT, type PortRange, portsTold } from "./network/ports.ts";
import { POWERS, type PowerName } from "./powers.ts";
import { type Row, rowsOf } from "./rows.ts";

/** A place where somebody may have powers. */
export interface Column {
  /** Unique and for people: the namespace, `cluster`, `internet`. */
  readonly id: string;
  readonly kind: "profile" | "platform" | "cluster" | "outside";
}

/** What one row can do in one column; pairs with nothing have none. */
export interface Cell {
  readonly row: string;
  readonly column: string;
  readonly powers: ReadonlyMap<PowerName, Power>;
}

export interface Power {
  /** Of connections `any` means any port. */
  readonly extent: Extent;
  /** What gives it: bindings, or ports that are reached. */
  readonly by: readonly string[];
}

/** Who can reach, read, change or impersonate what in a cluster. */
export interface Matrix {
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  readonly cells: readonly Cell[];
}

/** Addresses outside: any of the internet, and where clouds tell a machine its credentials. */
const OUTSIDE = { internet: "203.0.113.1", "machine metadata": "169.254.169.254" } as const;

/** The matrix of what a plan comes to. Throws UserError for policies and bindings that cannot be judged here. */
export function matrixOf(planned: readonly KubernetesObject[]): Matrix {
  const cluster = clusterOf(planned);
  const connections = connectionsIn(cluster);
  const rows = rowsOf(cluster);
  const columns = columnsOf(cluster);
  const cells = rows.flatMap((row) => {
    const connected = connectionsOf(row, cluster, connections);
    return columns.flatMap((column): Cell[] => {
      const powers = new Map<PowerName, Power>([
        ...objectPowers(row, column, cluster),
        ...(connected.get(column.id) ?? []),
      ]);
      return powers.size === 0 ? [] : [{ row: row.id, column: column.id, powers: inOrder(powers) }];
    });
  });
  return { rows, columns, cells };
}

function columnsOf({ namespaces }: Cluster): Column[] {
  return [
    ...namespaces.profiles.map((id): Column => ({ id, kind: "profile" })),
    ...namespaces.platform.map((id): Column => ({ id, kind: "platform" })),
    { id: "cluster", kind: "cluster" },
    ...Object.keys(OUTSIDE).map((id): Column => ({ id, kind: "outside" })),
  ];
}

function objectPowers({ subject }: Row, { id, kind }: Column, { access, authority }: Cluster): Map<PowerName, Held> {
  if (kind === "outside") return new Map();
  return kind === "cluster"
    ? authority(access.grantsOf(subject), "cluster")
    : authority(access.grantsOf(subject, id), "namespace");
}

/** By column, the powers over connections. */
function connectionsOf(row: Row, cluster: Cluster, connections: Connections): Map<string, [PowerName, Power][]> {
  const found = new Map<string, [PowerName, Power][]>();
  const add = (column: string, power: PowerName, by: readonly string[], extent: Extent = "any") => {
    if (by.length > 0) found.set(column, [...(found.get(column) ?? []), [power, { extent, by }]]);
  };
  const addPorts = (column: string, ports: readonly PortRange[]) => {
    const told = portsTold(ports);
    add(column, "reach", ports.length === 0 ? [] : [told], told === ANY_PORT ? "any" : "named");
  };
  const { caller } = row;
  const { profiles } = cluster.namespaces;
  if (caller === undefined) {
    const opened = row.kind === "person" ? profiles.filter((it) => connections.byGateway(row.subject.user, it)) : [];
    for (const profile of opened) add(profile, "open", [POLICIES]);
    return found;
  }
  for (const profile of profiles) {
    addPorts(profile, connections.toProfile(caller, profile));
    if (connections.asOwner(caller, profile)) add(profile, "forge", [POLICIES]);
  }
  const reached = Map.groupBy(connections.toPlatform(caller), ({ port }) => port.namespace);
  for (const [namespace, ports] of reached) {
    const told = (some: typeof ports) => some.map(({ port }) => `${port.workload}:${port.port}`);
    add(namespace, "reach", told(ports), "named");
    add(namespace, "forge", told(ports.filter(({ asAnybody }) => asAnybody)), "named");
  }
  for (const [column, address] of Object.entries(OUTSIDE)) addPorts(column, connections.toAddress(caller, address));
  return found;
}

const POLICIES = "AuthorizationPolicies of the namespace";

function inOrder(powers: ReadonlyMap<PowerName, Power>): Map<PowerName, Power> {
  const names = Object.keys(POWERS) as PowerName[];
  return new Map(names.flatMap((name) => (powers.has(name) ? [[name, powers.get(name) as Power]] : [])));
}
