import { Cluster, type ClusterArgs } from "@pulumi/gcp/container/cluster.js";
import * as pulumi from "@pulumi/pulumi";
import type { Access, ClusterRequest } from "../contract.ts";
import type { GcpEncryption } from "./encryption.ts";
import { type GcpNetwork, RANGES } from "./network.ts";
import { hardenedNode } from "./node-config.ts";
import type { GcpNodeIdentity } from "./node-identity.ts";
import type { GcpPlan } from "./plan.ts";

/** Weekend nights (UTC); the date only says when the series begins. */
const MAINTENANCE = {
  recurringWindow: {
    startTime: "2026-01-03T01:00:00Z",
    endTime: "2026-01-03T07:00:00Z",
    recurrence: "FREQ=WEEKLY;BYDAY=SA,SU",
  },
};

const LOGS = ["SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER", "WORKLOADS"];

export interface GcpControlPlaneArgs {
  readonly request: ClusterRequest;
  readonly plan: GcpPlan;
  readonly network: GcpNetwork;
  readonly encryption: GcpEncryption;
  readonly identity: GcpNodeIdentity;
}

/** The cluster without nodes of its own: pools come and go without it. */
export class GcpControlPlane extends pulumi.ComponentResource {
  readonly cluster: Cluster;

  constructor(name: string, args: GcpControlPlaneArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:GcpControlPlane", name, {}, opts);
    const { isProtected } = args.request;
    this.cluster = new Cluster(
      name,
      {
        ...whereabouts(args),
        ...reach(args),
        ...hardening(args),
        ...versions(args.request),
        ...operations(args.request),
        deletionProtection: isProtected,
      },
      // Google moves the version on within its channel.
      { parent: this, protect: isProtected, ignoreChanges: ["minMasterVersion", "nodeConfig"] },
    );
    this.registerOutputs({});
  }
}

function whereabouts({ request, plan, network }: GcpControlPlaneArgs): Partial<ClusterArgs> {
  return {
    name: request.name,
    project: plan.project,
    location: plan.region,
    nodeLocations: [...plan.zones],
    network: network.network.id,
    subnetwork: network.nodes.id,
    networkingMode: "VPC_NATIVE",
    ipAllocationPolicy: { clusterSecondaryRangeName: RANGES.pods, servicesSecondaryRangeName: RANGES.services },
    datapathProvider: "ADVANCED_DATAPATH",
    resourceLabels: { environment: request.environment, "managed-by": "pulumi" },
  };
}

function reach({ request, network }: GcpControlPlaneArgs): Partial<ClusterArgs> {
  return {
    privateClusterConfig: {
      enablePrivateNodes: true,
      enablePrivateEndpoint: request.access.kind === "private",
      privateEndpointSubnetwork: network.controlPlane.id,
    },
    masterAuthorizedNetworksConfig: {
      cidrBlocks: allowed(request.access, request.network.cidr),
      gcpPublicCidrsAccessEnabled: false,
    },
  };
}

function allowed(access: Access, network: string) {
  if (access.kind === "private") return [{ cidrBlock: network, displayName: "network" }];
  return access.cidrs.map((cidrBlock, index) => ({ cidrBlock, displayName: `access-${index + 1}` }));
}

function hardening({ request, plan, encryption, identity }: GcpControlPlaneArgs): Partial<ClusterArgs> {
  return {
    // GKE makes no cluster without a pool; this one lives for minutes and is as safe as those that stay.
    removeDefaultNodePool: true,
    initialNodeCount: 1,
    nodeConfig: { ...hardenedNode(request, identity.email), machineType: "n2d-standard-4", diskSizeGb: 50 },
    enableShieldedNodes: true,
    enableLegacyAbac: false,
    enableIntranodeVisibility: true,
    masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
    workloadIdentityConfig: { workloadPool: `${plan.project}.svc.id.goog` },
    databaseEncryption: { state: "ENCRYPTED", keyName: encryption.keyName },
  };
}

function versions({ version }: ClusterRequest): Partial<ClusterArgs> {
  return { minMasterVersion: version, releaseChannel: { channel: "REGULAR" }, maintenancePolicy: MAINTENANCE };
}

function operations({ storage }: ClusterRequest): Partial<ClusterArgs> {
  return {
    loggingConfig: { enableComponents: LOGS },
    monitoringConfig: {
      enableComponents: ["SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"],
      managedPrometheus: { enabled: true },
    },
    addonsConfig: {
      gcePersistentDiskCsiDriverConfig: { enabled: true },
      gcpFilestoreCsiDriverConfig: { enabled: storage.shared },
      horizontalPodAutoscaling: { disabled: false },
      httpLoadBalancing: { disabled: false },
    },
  };
}
