import { KubernetesCluster } from "@pulumi/digitalocean/kubernetesCluster.js";
import { KubernetesNodePool } from "@pulumi/digitalocean/kubernetesNodePool.js";
import { Provider as DigitalOceanProvider } from "@pulumi/digitalocean/provider.js";
import { Vpc } from "@pulumi/digitalocean/vpc.js";
import type { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster, ClusterPlan, ClusterRequest, DnsRecords, NodePool, StorageClass } from "../contract.ts";
import { execKubeconfig } from "../kubeconfig.ts";
import { kubernetesProvider } from "../kubernetes-provider.ts";
import { DigitalOceanDnsRecords } from "./dns.ts";
import { FORMER_DEFAULTS, storageClasses } from "./storage.ts";

/** Sunday, before Europe works and after the Americas have. */
const MAINTENANCE = { day: "sunday", startTime: "04:00" } as const;

/** A cluster of DigitalOcean Kubernetes in a network of its own. */
export class DigitalOceanCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: Provider;
  readonly resource: KubernetesCluster;
  readonly kubeconfig: pulumi.Output<string>;
  readonly pools: readonly NodePool[];
  readonly storageClasses: readonly StorageClass[] = storageClasses;
  readonly formerDefaults = FORMER_DEFAULTS;
  readonly enforcesNetworkPolicy = true;

  constructor(name: string, request: ClusterRequest, plan: ClusterPlan, opts: pulumi.ComponentResourceOptions = {}) {
    const providers = [new DigitalOceanProvider(`${name}-digitalocean`)];
    super("kubeflow:cluster:DigitalOcean", name, {}, { ...opts, providers });
    this.pools = plan.pools;
    const network = this.#network(request);
    this.resource = this.#controlPlane(request, network);
    for (const pool of plan.pools.slice(1)) this.#gpuPool(pool, request);
    this.kubeconfig = this.#kubeconfig();
    this.provider = kubernetesProvider(
      `${name}-kubernetes`,
      { kubeconfig: this.kubeconfig, clusterIdentifier: this.resource.id },
      { parent: this },
    );
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }

  loadBalancerAnnotations(visibility: "internal" | "public"): Readonly<Record<string, string>> {
    const network = visibility === "internal" ? "INTERNAL" : "EXTERNAL";
    return { "service.beta.kubernetes.io/do-loadbalancer-network": network };
  }

  createDnsRecords(name: string, records: DnsRecords): void {
    new DigitalOceanDnsRecords(name, records, { parent: this });
  }

  #network({ name, region, network }: ClusterRequest): Vpc {
    return new Vpc(name, { name, region: regionOf(region), ipRange: network.cidr }, { parent: this });
  }

  /** The control plane with the general nodes: DigitalOcean makes no cluster without a pool. */
  #controlPlane(request: ClusterRequest, vpc: Vpc): KubernetesCluster {
    const { name, region, environment, network, access, version, isProtected } = request;
    const [general] = this.pools;
    if (general === undefined) throw new RangeError("a cluster has general nodes");
    return new KubernetesCluster(
      name,
      {
        name,
        region: regionOf(region),
        // A minor alone is answered with its newest patch.
        version,
        vpcUuid: vpc.id,
        clusterSubnet: network.pods,
        serviceSubnet: network.services,
        ha: environment === "prod",
        controlPlaneFirewall: {
          enabled: true,
          allowedAddresses: access.kind === "private" ? [network.cidr] : [...access.cidrs],
        },
        autoUpgrade: true,
        surgeUpgrade: true,
        maintenancePolicy: MAINTENANCE,
        // Volumes outlive the cluster that made them.
        destroyAllAssociatedResources: false,
        nodePool: { name: general.name, ...poolInputs(general) },
        tags: tagsOf(request),
      },
      {
        parent: this,
        protect: isProtected,
        // Upgrades within the minor are DigitalOcean's; the number of nodes is the autoscaler's.
        ignoreChanges: ["version", ...(scales(general) ? ["nodePool.nodeCount"] : [])],
      },
    );
  }

  #gpuPool(pool: NodePool, request: ClusterRequest): KubernetesNodePool {
    return new KubernetesNodePool(
      `${request.name}-${pool.name}`,
      { clusterId: this.resource.id, name: pool.name, ...poolInputs(pool), tags: tagsOf(request) },
      {
        parent: this,
        deletedWith: this.resource,
        ...(scales(pool) ? { ignoreChanges: ["nodeCount"] } : {}),
      },
    );
  }

  /** Its credentials are those of whoever runs doctl: the cluster's own run out after a week. */
  #kubeconfig(): pulumi.Output<string> {
    const { endpoint, kubeConfigs, id } = this.resource;
    return pulumi.secret(
      pulumi
        .all([endpoint, kubeConfigs.apply((configs) => configs[0]?.clusterCaCertificate ?? ""), id])
        .apply(([server, authority, cluster]) =>
          execKubeconfig({
            server,
            authority,
            command: "doctl",
            args: ["kubernetes", "cluster", "kubeconfig", "exec-credential", "--version=v1beta1", cluster],
            installHint: "doctl (https://docs.digitalocean.com/reference/doctl/) gives the credentials",
          }),
        ),
    );
  }
}

function poolInputs({ instanceType, count, min, max, labels, taints }: NodePool) {
  return {
    size: instanceType,
    nodeCount: count,
    autoScale: min < max,
    ...(min < max ? { minNodes: min, maxNodes: max } : {}),
    labels: { ...labels },
    taints: taints.map(({ key, value, effect }) => ({ key, value, effect })),
  };
}

function scales({ min, max }: NodePool): boolean {
  return min < max;
}

function tagsOf({ name, environment }: ClusterRequest): string[] {
  return ["kubeflow", `environment:${environment}`, `cluster:${name}`];
}

function regionOf(region: string | undefined): string {
  if (region === undefined) throw new RangeError("the settings give a region for every cloud");
  return region;
}
