import type { KubernetesObject } from "../../components/kit/objects.ts";
import { inventoryOf } from "../../components/kubeflow/order/inventory.ts";
import { nameOf } from "../../components/kubeflow/network/flows.ts";
import { hasSidecar, isProxy } from "../../components/kubeflow/network/mesh.ts";
import { OUTSIDE, PROFILES, type Reach, reachabilityOf } from "../../components/kubeflow/network/reachability.ts";

/** The page of docs that says who reaches whom, as Markdown that is not yet formatted. */
export function networkPage(version: string, objects: readonly KubernetesObject[]): string {
  const reach = reachabilityOf(objects);
  const isEveryProxy = everyProxyOf(objects);
  return [
    `# Who reaches whom in Kubeflow v${version}`,
    "Computed by a test from the NetworkPolicies and PeerAuthentications of the plan; a change shows here and is reviewed",
    "here (`node bin/run.mjs vitest run --project unit test/unit/kubeflow/network -u`), with every component on. Ports are",
    "those of pods. The nodes themselves always get through. Anything: pods of any namespace, the API server, and whatever the cluster's own",
    "network lets in.",
    "",
    "## Ports that are reached",
    "| pods | port | mutual TLS | reached from |\n| --- | --- | --- | --- |",
    ...grouped(reach.filter(({ from }) => from.length > 0)).map(
      ({ to, ports, mutualTls, from }) =>
        `| ${to} | ${ports.join(", ")} | ${mutualTls} | ${isEveryProxy(from) ? "everything with a proxy" : from} |`,
    ),
    "",
    "## Ports that nobody reaches",
    "| pods | port |\n| --- | --- |",
    ...grouped(reach.filter(({ from }) => from.length === 0)).map(({ to, ports }) => `| ${to} | ${ports.join(", ")} |`),
    "",
    "## Pods that reach nothing else",
    "These hold data or serve one purpose, and call neither the API server nor anything outside. Name resolution aside:",
    "",
    "| pods | reach |\n| --- | --- |",
    ...sealedIn(objects).map((name) => `| ${name} | ${reachedBy(name, reach)} |`),
    "",
  ].join("\n");
}

/** Whether a list of sources is all that has a proxy of the mesh, pods of profiles among them: too many to print. */
function everyProxyOf(objects: readonly KubernetesObject[]): (from: string) => boolean {
  const inventory = inventoryOf(objects);
  const proxies = inventory.workloads.filter((workload) => hasSidecar(workload, inventory) || isProxy(workload));
  const names = [...proxies.map(nameOf), PROFILES].sort().join(", ");
  return (from) => from === names;
}

function grouped(reach: readonly Reach[]) {
  const groups = Map.groupBy(reach, ({ to, from, mutualTls }) => JSON.stringify([to, mutualTls, from]));
  return [...groups.values()]
    .flatMap((same) => {
      const [first] = same;
      if (first === undefined) return [];
      const from = first.from.includes(OUTSIDE) ? "anything" : first.from.toSorted().join(", ");
      return [{ to: first.to, ports: same.map(({ port }) => port), mutualTls: first.mutualTls, from }];
    })
    .sort((a, b) => (a.to === b.to ? (a.ports[0] ?? 0) - (b.ports[0] ?? 0) : a.to < b.to ? -1 : 1));
}

function sealedIn(objects: readonly KubernetesObject[]): string[] {
  const inventory = inventoryOf(objects);
  const egress = inventory
    .ofKind("NetworkPolicy.networking.k8s.io")
    .filter(({ spec }) => (spec as { policyTypes: string[] }).policyTypes.includes("Egress"))
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return inventory.workloads
    .map(nameOf)
    .filter((name) => egress.includes(name))
    .sort();
}

function reachedBy(name: string, reach: readonly Reach[]): string {
  const reached = reach.filter(({ from }) => from.includes(name)).map(({ to, port }) => `${to}:${port}`);
  return reached.sort().join(", ") || "nothing";
}
