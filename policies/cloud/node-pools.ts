import { EACH, expand, type Place } from "../kubernetes/places.ts";
import { at, isTrue, listAt, numberAt, type Step, textAt, textsAt } from "../reading.ts";
import type { Resource, Subject } from "../resource.ts";
import { resourceSubject } from "../subjects.ts";
import { gpuOf, type RentingCloud } from "./machines.ts";
import { DOKS_CLUSTER, DOKS_NODE_POOL, EKS_NODE_GROUP, GKE_CLUSTER, GKE_NODE_POOL } from "./resources.ts";

/** Nodes alike. `value` is what says how they are made; answers throw UnknownValue. */
export interface NodePoolSubject extends Subject {
  readonly cloud: RentingCloud;
  readonly reader: PoolReader;
}

/** Nodes of a pool over all zones: those it begins with, and how few and how many there may be. */
export interface NodeCount {
  readonly count: number;
  readonly min: number;
  readonly max: number;
}

/** How a cloud describes a pool. */
export interface PoolReader {
  readonly typesAt: readonly Step[];
  /** Instance types that its nodes may have. */
  readonly instanceTypes: (value: unknown) => readonly string[];
  readonly nodes: (value: unknown) => NodeCount;
  readonly taintsAt: readonly Step[];
  readonly labelsAt: readonly Step[];
  readonly spotAt: readonly Step[];
  readonly isSpot: (value: unknown) => boolean;
  /** Whether it is told that there are GPUs, whatever the machine. */
  readonly saysGpu: (value: unknown) => boolean;
}

const eks: PoolReader = {
  typesAt: ["instanceTypes"],
  instanceTypes: (value) => textsAt(value, "instanceTypes"),
  nodes: (value) => {
    const min = numberAt(value, "scalingConfig", "minSize") ?? 0;
    const count = numberAt(value, "scalingConfig", "desiredSize") ?? min;
    return { count, min, max: numberAt(value, "scalingConfig", "maxSize") ?? count };
  },
  taintsAt: ["taints"],
  labelsAt: ["labels"],
  spotAt: ["capacityType"],
  isSpot: (value) => textAt(value, "capacityType") === "SPOT",
  saysGpu: (value) => /GPU|NVIDIA/.test(textAt(value, "amiType") ?? ""),
};

const gke: PoolReader = {
  typesAt: ["nodeConfig", "machineType"],
  instanceTypes: (value) => listed(textAt(value, "nodeConfig", "machineType")),
  nodes: googleNodes,
  taintsAt: ["nodeConfig", "taints"],
  labelsAt: ["nodeConfig", "labels"],
  spotAt: ["nodeConfig", "spot"],
  isSpot: (value) => isTrue(value, "nodeConfig", "spot") || isTrue(value, "nodeConfig", "preemptible"),
  saysGpu: (value) => listAt(value, "nodeConfig", "guestAccelerators").length > 0,
};

const doks: PoolReader = {
  typesAt: ["size"],
  instanceTypes: (value) => listed(textAt(value, "size")),
  nodes: (value) => {
    const count = numberAt(value, "nodeCount") ?? 0;
    if (!isTrue(value, "autoScale")) return { count, min: count, max: count };
    return { count, min: numberAt(value, "minNodes") ?? 0, max: numberAt(value, "maxNodes") ?? count };
  },
  taintsAt: ["taints"],
  labelsAt: ["labels"],
  // DigitalOcean has no machines that it takes back.
  spotAt: [],
  isSpot: () => false,
  saysGpu: () => false,
};

/** The pools of nodes in a resource: one, the first of a cluster, or none. */
export function nodePools(resource: Resource): NodePoolSubject[] {
  const whole = resourceSubject(resource);
  switch (resource.type) {
    case EKS_NODE_GROUP:
      return [{ ...whole, cloud: "aws", reader: eks }];
    case GKE_NODE_POOL:
      return [{ ...whole, cloud: "gcp", reader: gke }];
    case GKE_CLUSTER:
      // The pool that every cluster begins with; what does not stay is not a pool.
      return resource.properties["removeDefaultNodePool"] === true || resource.properties["enableAutopilot"] === true
        ? []
        : [{ ...whole, cloud: "gcp", reader: gke }];
    case DOKS_NODE_POOL:
      return [{ ...whole, cloud: "digitalocean", reader: doks }];
    case DOKS_CLUSTER:
      return expand(resource.properties, ["nodePool"]).map(({ value, path }) => ({
        ...{ resource, value, path, name: `the first pool of ${whole.name}` },
        ...{ cloud: "digitalocean" as const, reader: doks },
      }));
    default:
      return [];
  }
}

/** Whether the nodes of a pool have GPUs. */
export function hasGpus({ cloud, reader, value }: NodePoolSubject): boolean {
  return reader.saysGpu(value) || reader.instanceTypes(value).some((type) => gpuOf(cloud, type) !== undefined);
}

/** The GPU families of a pool; more than one where its nodes may be of several types. */
export function gpuFamilies({ cloud, reader, value }: NodePoolSubject): readonly string[] {
  return [...new Set(reader.instanceTypes(value).flatMap((type) => gpuOf(cloud, type) ?? []))];
}

/** The taints of a pool by key; each cloud writes effects in its own way. */
export function taintKeys({ reader, value }: NodePoolSubject): readonly string[] {
  return expand(value, [...reader.taintsAt, EACH]).flatMap((place: Place) => {
    const effect = (textAt(place.value, "effect") ?? "").replaceAll("_", "").toLowerCase();
    return effect === "noschedule" || effect === "noexecute" ? listed(textAt(place.value, "key")) : [];
  });
}

export function labelOf({ reader, value }: NodePoolSubject, key: string): string | undefined {
  return textAt(value, ...reader.labelsAt, key);
}

/** GKE counts nodes by zone where the field does not say total. */
function googleNodes(value: unknown): NodeCount {
  const zones = Math.max(1, listAt(value, "nodeLocations").length);
  const count = (numberAt(value, "nodeCount") ?? numberAt(value, "initialNodeCount") ?? 0) * zones;
  if (at(value, "autoscaling") === undefined) return { count, min: count, max: count };
  const bound = (total: string, inZone: string) =>
    numberAt(value, "autoscaling", total) ?? (numberAt(value, "autoscaling", inZone) ?? 0) * zones;
  return { count, min: bound("totalMinNodeCount", "minNodeCount"), max: bound("totalMaxNodeCount", "maxNodeCount") };
}

function listed(text: string | undefined): string[] {
  return text === undefined ? [] : [text];
}
