import { Firewall } from "@pulumi/gcp/compute/firewall.js";
import { Network } from "@pulumi/gcp/compute/network.js";
import { Router } from "@pulumi/gcp/compute/router.js";
import { RouterNat } from "@pulumi/gcp/compute/routerNat.js";
import { Subnetwork } from "@pulumi/gcp/compute/subnetwork.js";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterRequest } from "../contract.ts";
import { WEBHOOK_PORTS } from "../webhook-ports.ts";
import type { GcpPlan } from "./plan.ts";

/** Names of the secondary ranges that pods and Services get their addresses from. */
export const RANGES = { pods: "pods", services: "services" } as const;

/** The tag that firewall rules find the nodes by. */
export function nodeTag({ name }: Pick<ClusterRequest, "name">): string {
  return `${name}-node`;
}

/**
 * A network whose nodes have no public address: they reach Google's own services by Private Google Access and, unless
 * they are isolated, everything else through NAT; only webhooks are reached.
 */
export class GcpNetwork extends pulumi.ComponentResource {
  readonly network: Network;
  readonly nodes: Subnetwork;
  readonly controlPlane: Subnetwork;

  constructor(name: string, request: ClusterRequest, plan: GcpPlan, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:GcpNetwork", name, {}, opts);
    this.network = this.#network(name, request, plan);
    this.nodes = this.#nodes(name, request, plan);
    this.controlPlane = this.#controlPlane(name, request, plan);
    if (request.nat) this.#wayOut(name, request, plan);
    this.#webhooks(name, request, plan);
    this.registerOutputs({});
  }

  #network(name: string, request: ClusterRequest, { project }: GcpPlan): Network {
    return new Network(
      name,
      { name: request.name, project, autoCreateSubnetworks: false, routingMode: "REGIONAL" },
      { parent: this },
    );
  }

  #nodes(name: string, request: ClusterRequest, { project, region, ranges }: GcpPlan): Subnetwork {
    return new Subnetwork(
      `${name}-nodes`,
      {
        name: `${request.name}-nodes`,
        project,
        region,
        network: this.network.id,
        ipCidrRange: ranges.nodes,
        secondaryIpRanges: [
          { rangeName: RANGES.pods, ipCidrRange: request.network.pods },
          { rangeName: RANGES.services, ipCidrRange: request.network.services },
        ],
        privateIpGoogleAccess: true,
        logConfig: { aggregationInterval: "INTERVAL_5_SEC", flowSampling: 0.5, metadata: "INCLUDE_ALL_METADATA" },
      },
      { parent: this },
    );
  }

  #controlPlane(name: string, request: ClusterRequest, { project, region, ranges }: GcpPlan): Subnetwork {
    return new Subnetwork(
      `${name}-control-plane`,
      {
        name: `${request.name}-control-plane`,
        project,
        region,
        network: this.network.id,
        ipCidrRange: ranges.controlPlane,
        privateIpGoogleAccess: true,
      },
      { parent: this },
    );
  }

  #wayOut(name: string, request: ClusterRequest, { project, region }: GcpPlan): void {
    const router = new Router(
      name,
      { name: request.name, project, region, network: this.network.id },
      { parent: this },
    );
    new RouterNat(
      name,
      {
        name: request.name,
        project,
        region,
        router: router.name,
        natIpAllocateOption: "AUTO_ONLY",
        sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
        subnetworks: [{ name: this.nodes.id, sourceIpRangesToNats: ["ALL_IP_RANGES"] }],
        // The default of 64 ports a node ends image pulls of a busy node.
        enableDynamicPortAllocation: true,
        minPortsPerVm: 128,
        maxPortsPerVm: 4096,
        enableEndpointIndependentMapping: false,
        logConfig: { enable: true, filter: "ERRORS_ONLY" },
      },
      { parent: this },
    );
  }

  /** GKE lets its control plane to ports 443 and 10250 of the nodes alone; webhooks listen elsewhere. */
  #webhooks(name: string, request: ClusterRequest, { project, ranges }: GcpPlan): void {
    new Firewall(
      `${name}-webhooks`,
      {
        name: `${request.name}-webhooks`,
        project,
        network: this.network.id,
        description: "The API server asks webhooks",
        direction: "INGRESS",
        sourceRanges: [ranges.controlPlane],
        targetTags: [nodeTag(request)],
        allows: [{ protocol: "tcp", ports: WEBHOOK_PORTS.map(String) }],
      },
      { parent: this },
    );
  }
}
