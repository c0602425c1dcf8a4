import { type KubernetesObject, listAt, textAt } from "../../kit/objects.ts";
import { nameOf } from "../../kubeflow/network/flows.ts";
import { hasSidecar, isProxy } from "../../kubeflow/network/mesh.ts";
import { serviceAccountOf, type Workload } from "../../kubeflow/order/workload.ts";
import type { Cluster } from "./cluster.ts";
import { principalOf } from "./mesh/index.ts";
import type { Caller } from "./network/callers.ts";
import { person, serviceAccount, type Subject } from "./rbac/subjects.ts";

/** Somebody that a matrix says of what they can do. */
export interface Row {
  /** Unique and for people: `ada@example.org`, `pods of team as default-editor`, `kubeflow/ml-pipeline`. */
  readonly id: string;
  readonly kind: "person" | "group" | "profile" | "platform";
  /** The profile that pods are in. */
  readonly profile?: string;
  /** Whom the API server takes them for. */
  readonly subject: Subject;
  /** As whom they connect to pods; people come through the gateway, accounts that nothing runs as not at all. */
  readonly caller?: Caller;
}

/** Everybody who has a name in a cluster: people and groups in bindings, pods of profiles, components of the platform. */
export function rowsOf(cluster: Cluster): Row[] {
  return [...peopleIn(cluster), ...groupsIn(cluster), ...profileRows(cluster), ...platformRows(cluster)];
}

const BINDINGS = ["RoleBinding.rbac.authorization.k8s.io", "ClusterRoleBinding.rbac.authorization.k8s.io"];

function namedIn({ inventory }: Cluster, kind: "User" | "Group"): string[] {
  const subjects = BINDINGS.flatMap((binding) => inventory.ofKind(binding)).flatMap((it) => listAt(it, "subjects"));
  const names = subjects.flatMap((subject) =>
    textAt(subject, "kind") === kind ? (textAt(subject, "name") ?? []) : [],
  );
  return [...new Set(names)].filter((name) => !name.startsWith("system:")).sort();
}

function peopleIn(cluster: Cluster): Row[] {
  return namedIn(cluster, "User").map((name) => ({ id: name, kind: "person", subject: person(name) }));
}

function groupsIn(cluster: Cluster): Row[] {
  return namedIn(cluster, "Group").map((name) => ({
    id: `group ${name}`,
    kind: "group",
    subject: { user: `somebody of ${name}`, groups: person("", [name]).groups },
  }));
}

/** Pods of a profile are its members' to make: as any of its ServiceAccounts, with a sidecar or without. */
function profileRows(cluster: Cluster): Row[] {
  return [...cluster.pods].flatMap(([profile, endpoint]) =>
    accountsIn(cluster, profile).map((account) => ({
      id: `pods of ${profile} as ${account}`,
      kind: "profile",
      profile,
      subject: serviceAccount(profile, account),
      caller: { endpoint, identities: [principalOf(profile, account), undefined] },
    })),
  );
}

function accountsIn({ inventory }: Cluster, namespace: string): string[] {
  const made = inventory.ofKind("ServiceAccount").filter(({ metadata }) => metadata.namespace === namespace);
  return [...new Set(["default", ...made.map(({ metadata }) => metadata.name)])].sort();
}

function platformRows(cluster: Cluster): Row[] {
  const isOfPlatform = (namespace: string) => cluster.namespaces.platform.includes(namespace);
  const workloads = cluster.inventory.workloads.filter(({ namespace }) => isOfPlatform(namespace));
  const used = new Set(workloads.map((workload) => `${workload.namespace}/${serviceAccountOf(workload)}`));
  const idle = cluster.inventory
    .ofKind("ServiceAccount")
    .filter(({ metadata }) => isOfPlatform(metadata.namespace ?? "") && !used.has(pathOf(metadata)));
  const rows: Row[] = [
    ...workloads.map((workload) => workloadRow(workload, cluster)),
    ...idle.map(({ metadata }) => ({
      id: `ServiceAccount ${pathOf(metadata)}`,
      kind: "platform" as const,
      subject: serviceAccount(metadata.namespace ?? "", metadata.name),
    })),
  ];
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function workloadRow(workload: Workload, cluster: Cluster): Row {
  const account = serviceAccountOf(workload);
  const hasProxy = hasSidecar(workload, cluster.inventory) || isProxy(workload);
  const principal = hasProxy ? principalOf(workload.namespace, account) : undefined;
  return {
    id: nameOf(workload),
    kind: "platform",
    subject: serviceAccount(workload.namespace, account),
    caller: { endpoint: cluster.endpointOf(workload), identities: [principal] },
  };
}

function pathOf({ namespace, name }: KubernetesObject["metadata"]): string {
  return `${namespace}/${name}`;
}
