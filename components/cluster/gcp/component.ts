import { Provider as GoogleProvider } from "@pulumi/gcp/provider.js";
import type { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster, ClusterRequest, DnsRecords, NodePool, StorageClass } from "../contract.ts";
import { execKubeconfig } from "../kubeconfig.ts";
import { kubernetesProvider } from "../kubernetes-provider.ts";
import { letsOthersIn } from "../principals.ts";
import { GcpAccess } from "./access.ts";
import { GcpControlPlane } from "./control-plane.ts";
import { GcpDnsRecords } from "./dns.ts";
import { GcpEncryption } from "./encryption.ts";
import { GcpNetwork } from "./network.ts";
import { GcpNodeIdentity } from "./node-identity.ts";
import { GcpNodePools } from "./node-pools.ts";
import type { GcpPlan } from "./plan.ts";
import { gcpRegistryAuthority } from "./registry-authority.ts";
import { GcpServices } from "./services.ts";
import { FORMER_DEFAULTS, storageClassesOf } from "./storage.ts";

/** A private, regional GKE cluster in a network of its own. */
export class GcpCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: Provider;
  readonly resource: pulumi.Resource;
  readonly kubeconfig: pulumi.Output<string>;
  readonly pools: readonly NodePool[];
  readonly storageClasses: readonly StorageClass[];
  readonly formerDefaults = FORMER_DEFAULTS;
  readonly nodeIdentity: pulumi.Output<string>;
  readonly enforcesNetworkPolicy = true;
  readonly #project: string;

  constructor(name: string, request: ClusterRequest, plan: GcpPlan, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubeflow:cluster:Gcp", name, {}, { ...opts, providers: [providerOf(name, plan)] });
    this.pools = plan.pools;
    this.#project = plan.project;
    this.storageClasses = storageClassesOf(request);

    const services = new GcpServices(`${name}-services`, request, plan, { parent: this });
    const apis = { parent: this, dependsOn: [services] };
    const network = new GcpNetwork(`${name}-network`, request, plan, apis);
    const encryption = new GcpEncryption(`${name}-encryption`, request, plan, apis);
    const identity = new GcpNodeIdentity(`${name}-node-identity`, request, plan, apis);
    const authority = gcpRegistryAuthority(`${name}-registry-authority`, request, plan, identity, apis);
    const { cluster } = new GcpControlPlane(
      `${name}-control-plane`,
      { request, plan, network, encryption, identity },
      { parent: this },
    );
    if (letsOthersIn(request)) new GcpAccess(`${name}-access`, request, plan, apis);
    const nodes = new GcpNodePools(`${name}-nodes`, { request, plan, cluster, identity, authority }, { parent: this });

    this.nodeIdentity = pulumi.interpolate`serviceAccount:${identity.email}`;
    this.resource = cluster;
    this.kubeconfig = kubeconfigOf(cluster);
    this.provider = kubernetesProvider(
      `${name}-kubernetes`,
      { kubeconfig: this.kubeconfig, clusterIdentifier: cluster.id },
      { parent: this, dependsOn: [nodes] },
    );
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }

  loadBalancerAnnotations(visibility: "internal" | "public"): Readonly<Record<string, string>> {
    return visibility === "internal" ? { "networking.gke.io/load-balancer-type": "Internal" } : {};
  }

  createDnsRecords(name: string, records: DnsRecords): void {
    new GcpDnsRecords(name, { ...records, project: this.#project }, { parent: this });
  }
}

/** Calls Google in the project and region of the settings, whatever the environment of the shell says. */
function providerOf(name: string, { project, region }: GcpPlan): GoogleProvider {
  return new GoogleProvider(`${name}-gcp`, { project, region });
}

function kubeconfigOf({ endpoint, masterAuth }: GcpControlPlane["cluster"]): pulumi.Output<string> {
  return pulumi.secret(
    pulumi.all([endpoint, masterAuth.clusterCaCertificate]).apply(([address, authority]) =>
      execKubeconfig({
        server: `https://${address}`,
        authority,
        command: "gke-gcloud-auth-plugin",
        args: [],
        installHint: "gke-gcloud-auth-plugin gives the credentials: gcloud components install gke-gcloud-auth-plugin",
      }),
    ),
  );
}
