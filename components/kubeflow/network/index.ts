import { objectId } from "../../kit/objects.ts";
import { type Inventory, inventoryOf } from "../order/inventory.ts";
import { workloadOf } from "../order/workload.ts";
import type { Part } from "../parts.ts";
import type { Adjustment, PlannedObject } from "../plan.ts";
import { missingAuthorizations } from "./authorization.ts";
import { cniAdjustment } from "./cni.ts";
import { configuredFlows, discoveryFlows, filterFlows, metricsFlows, routeFlows, webhookFlows } from "./derive.ts";
import { type Flow, reviewedFlows, type ReviewedTraffic } from "./flows.ts";
import { nameResolution } from "./name-resolution.ts";
import { peerAuthentications } from "./mutual-tls.ts";
import { podSecurityAdjustment } from "./pod-security.ts";
import { networkPolicies } from "./policies.ts";
import type { MeshSettings } from "./settings.ts";

export { cniAdjustment } from "./cni.ts";
export { podSecurityAdjustment } from "./pod-security.ts";

/** All that the settings `mesh` ask of a release, in their order; see `networkAdjustment` for what must come before. */
export function meshAdjustments(mesh: MeshSettings, traffic: ReviewedTraffic): Adjustment[] {
  return [
    cniAdjustment({ binDirectory: mesh.cniBinDirectory }),
    podSecurityAdjustment({ cni: mesh.cni }),
    networkAdjustment({ traffic, metricsFrom: mesh.metricsFrom, nameServers: mesh.nameServers }),
  ];
}

export interface NetworkOptions {
  /** What no rule can tell of the release's traffic. */
  readonly traffic: ReviewedTraffic;
  /** Namespaces whose pods may read metrics. */
  readonly metricsFrom: readonly string[];
  /** Ranges of addresses of resolvers that are no pods. */
  readonly nameServers: readonly string[];
}

/**
 * Adds NetworkPolicies and PeerAuthentications: every namespace denies what is not a known flow, and the mesh takes
 * mutual TLS only, but where a known flow comes from outside it. To be the last adjustment but for what changes no
 * workload, Service, route or label, since the flows are derived from these.
 */
export function networkAdjustment(options: NetworkOptions): Adjustment {
  return (objects) => {
    const inventory = inventoryOf(objects.map(({ object }) => object));
    const flows = flowsOf(inventory, options);
    const partOf = partsBySubject(objects);
    const sealed = { workloads: options.traffic.sealed, nameResolution: nameResolution(options.nameServers) };
    const made = [
      ...networkPolicies(flows, sealed, inventory),
      ...peerAuthentications(flows, inventory),
      ...missingAuthorizations(flows, inventory),
    ].map((object) => ({ object, part: partOf(object.metadata.namespace ?? "", object.metadata.name) }));
    const replaced = new Set(made.map(({ object }) => objectId(object)));
    return [...objects.filter(({ object }) => !replaced.has(objectId(object))), ...made];
  };
}

/** Every connection into the namespaces of the set that the platform needs, derived and reviewed. */
export function flowsOf(inventory: Inventory, { traffic, metricsFrom }: Omit<NetworkOptions, "nameServers">): Flow[] {
  const flows = [
    ...webhookFlows(inventory),
    ...routeFlows(inventory),
    ...filterFlows(inventory),
    ...configuredFlows(inventory),
    ...discoveryFlows(inventory),
    ...reviewedFlows(traffic.flows, inventory),
    ...metricsFlows(metricsFrom, inventory),
  ];
  return flows.filter(({ to }) => inventory.find("Namespace", undefined, to.namespace) !== undefined);
}

/** A policy belongs to the part of the workload whose name it bears, else to that of its namespace. */
function partsBySubject(objects: readonly PlannedObject[]): (namespace: string, name: string) => Part {
  const parts = new Map<string, Part>();
  for (const { object, part } of objects) {
    if (object.kind === "Namespace") parts.set(`${object.metadata.name}/`, part);
    if (workloadOf(object) !== undefined) parts.set(`${object.metadata.namespace}/${object.metadata.name}`, part);
  }
  return (namespace, name) => {
    const part = parts.get(`${namespace}/${name}`) ?? parts.get(`${namespace}/`);
    if (part === undefined) throw new RangeError(`no part of the platform has the namespace ${namespace}`);
    return part;
  };
}
