import type { Cluster } from "@pulumi/gcp/container/cluster.js";
import { NodePool as GkeNodePool } from "@pulumi/gcp/container/nodePool.js";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterRequest, NodePool } from "../contract.ts";
import { acceleratorOf, catalogue } from "./catalogue.ts";
import { hardenedNode } from "./node-config.ts";
import type { GcpNodeIdentity } from "./node-identity.ts";
import type { GcpPlan } from "./plan.ts";
import type { GcpRegistryAuthority } from "./registry-authority.ts";

/** Bytes of one of Compute Engine's local SSDs. */
const LOCAL_SSD = 375 * 2 ** 30;
const EFFECTS = {
  NoSchedule: "NO_SCHEDULE",
  PreferNoSchedule: "PREFER_NO_SCHEDULE",
  NoExecute: "NO_EXECUTE",
} as const;

/** The driver that GKE has tested with the node's version; LATEST is the newest that it has. */
const DRIVER = "DEFAULT";

export interface GcpNodePoolsArgs {
  readonly request: ClusterRequest;
  readonly plan: GcpPlan;
  readonly cluster: Cluster;
  readonly identity: GcpNodeIdentity;
  readonly authority: GcpRegistryAuthority | undefined;
}

/** The pools of a plan, each in the zones that divide it evenly. */
export class GcpNodePools extends pulumi.ComponentResource {
  constructor(name: string, args: GcpNodePoolsArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:GcpNodePools", name, {}, opts);
    for (const pool of args.plan.pools) this.#pool(name, pool, args);
    this.registerOutputs({});
  }

  #pool(name: string, pool: NodePool, { request, plan, cluster, identity, authority }: GcpNodePoolsArgs): void {
    const inZone = pool.count / pool.zones.length;
    const scales = pool.min < pool.max;
    new GkeNodePool(
      `${name}-${pool.name}`,
      {
        name: pool.name,
        project: plan.project,
        cluster: cluster.id,
        location: plan.region,
        nodeLocations: [...pool.zones],
        ...(scales
          ? {
              initialNodeCount: inZone,
              autoscaling: {
                totalMinNodeCount: pool.min,
                totalMaxNodeCount: pool.max,
                locationPolicy: pool.purpose === "gpu" ? "ANY" : "BALANCED",
              },
            }
          : { nodeCount: inZone }),
        management: { autoRepair: true, autoUpgrade: true },
        upgradeSettings: { maxSurge: 1, maxUnavailable: 0 },
        nodeConfig: {
          ...nodeConfigOf(pool, request, identity),
          ...(authority === undefined ? {} : { containerdConfig: authority.containerdConfig }),
        },
      },
      {
        parent: this,
        deletedWith: cluster,
        // A node that may not read the certificate yet does not join.
        ...(authority === undefined ? {} : { dependsOn: [authority] }),
        ...(scales ? { ignoreChanges: ["initialNodeCount"] } : {}),
      },
    );
  }
}

function nodeConfigOf(pool: NodePool, request: ClusterRequest, identity: GcpNodeIdentity) {
  return {
    ...hardenedNode(request, identity.email),
    machineType: pool.instanceType,
    diskSizeGb: Math.ceil(pool.disk / 2 ** 30),
    diskType: "pd-balanced",
    spot: pool.spot,
    labels: { ...pool.labels },
    taints: pool.taints.map(({ key, value, effect }) => ({ key, value, effect: EFFECTS[effect] })),
    ...(pool.gpu === undefined ? {} : { guestAccelerators: [guestAccelerator(pool.gpu)], gvnic: { enabled: true } }),
    ...scratchOf(pool, request),
  };
}

function guestAccelerator({ family, count }: NonNullable<NodePool["gpu"]>) {
  const type = acceleratorOf(family);
  if (type === undefined) throw new RangeError(`the plan refuses pools of ${family}`);
  return { type, count, gpuDriverInstallationConfig: { gpuDriverVersion: DRIVER } };
}

/** Local SSDs as the nodes' emptyDir volumes, for pools that train. */
function scratchOf({ training, instanceType }: NodePool, { storage }: ClusterRequest) {
  const localDisk = catalogue.types.find(({ name }) => name === instanceType)?.localDisk ?? 0;
  if (!storage.scratch || !training || localDisk === 0) return {};
  return { ephemeralStorageLocalSsdConfig: { localSsdCount: localDisk / LOCAL_SSD } };
}
