import type * as eks from "@pulumi/aws/eks/index.js";
import { Provider as AwsProvider } from "@pulumi/aws/provider.js";
import type { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster, ClusterRequest, DnsRecords, NodePool, PodRole, StorageClass } from "../contract.ts";
import { execKubeconfig } from "../kubeconfig.ts";
import { kubernetesProvider } from "../kubernetes-provider.ts";
import { letsOthersIn } from "../principals.ts";
import { registryAuthorityOf } from "../registry-authority.ts";
import { AwsAddOns } from "./add-ons/index.ts";
import { AwsAutoscaling } from "./autoscaling/index.ts";
import { AwsAccess } from "./control-plane/access.ts";
import { AwsControlPlane } from "./control-plane/index.ts";
import { AwsDnsRecords } from "./dns.ts";
import { AwsEncryption } from "./encryption/index.ts";
import { AwsPodRoles } from "./identity/pod-roles.ts";
import { AwsRole } from "./identity/role.ts";
import { loadBalancerAnnotations } from "./load-balancer.ts";
import { AwsEndpoints, servicesBehindEndpoints } from "./network/endpoints.ts";
import { AwsFlowLogs } from "./network/flow-logs.ts";
import { AwsNetwork } from "./network/index.ts";
import { AwsNodePool } from "./nodes/index.ts";
import { NODE_ROLE } from "./nodes/role.ts";
import { AwsNodeSecurity } from "./nodes/security.ts";
import type { AwsPlan } from "./plan.ts";
import { storageClasses } from "./storage/classes.ts";
import { AwsSharedStorage } from "./storage/shared.ts";

/** How long CloudWatch keeps what the control plane and the network log, in days. */
const RETENTION_DAYS = { dev: 30, prod: 365 } as const;

/** Prod loses no more than a zone with a zone. */
const NAT = { dev: "one", prod: "per-zone" } as const;

/** Without these a node does not become ready; the others need nodes to run on. */
const NODE_ADD_ONS = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"] as const;
const ADD_ONS = ["coredns", "aws-ebs-csi-driver", "metrics-server"] as const;

/** A cluster on Amazon EKS, from its network to the classes of its volumes. */
export class AwsCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: KubernetesProvider;
  readonly resource: eks.Cluster;
  readonly kubeconfig: pulumi.Output<string>;
  readonly pools: readonly NodePool[];
  readonly storageClasses: readonly StorageClass[];
  readonly enforcesNetworkPolicy = true;
  readonly loadBalancerAnnotations = loadBalancerAnnotations;

  constructor(name: string, request: ClusterRequest, plan: AwsPlan, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubeflow:cluster:Aws", name, {}, { ...opts, providers: [providerOf(name, request)] });
    const site = siteOf(request, plan);
    const within = { parent: this };

    const network = new AwsNetwork(`${name}-network`, site, within);
    const { vpcId } = network;
    const keys = new AwsEncryption(`${name}-encryption`, { ...site, account: network.account }, within);
    new AwsFlowLogs(`${name}-flow-logs`, { ...site, vpcId, keyArn: keys.dataKeyArn }, within);
    new AwsEndpoints(`${name}-endpoints`, { ...site, network }, within);

    const controlPlane = new AwsControlPlane(`${name}-control-plane`, { ...site, network, keys }, within);
    const { cluster } = controlPlane;
    const { admins, viewers } = request;
    if (letsOthersIn(request)) new AwsAccess(`${name}-access`, { admins, viewers, cluster }, within);
    const addOns = { ...site, cluster, dataKeyArn: keys.dataKeyArn };
    const nodeAddOns = new AwsAddOns(`${name}-node-add-ons`, { ...addOns, names: NODE_ADD_ONS }, within);

    const security = new AwsNodeSecurity(`${name}-nodes`, { ...site, vpcId, controlPlane }, within);
    const role = new AwsRole(`${name}-node`, NODE_ROLE, within);
    const nodeArgs = { ...site, cluster, network, security, keyArn: keys.dataKeyArn };
    const pools = plan.pools.map(
      (pool) =>
        new AwsNodePool(
          `${name}-${pool.name}`,
          { ...nodeArgs, pool, roleArn: role.arn },
          { ...within, dependsOn: [role, nodeAddOns, network] },
        ),
    );
    const shared = request.storage.shared
      ? new AwsSharedStorage(`${name}-shared`, { ...site, network, security, keyArn: keys.dataKeyArn }, within)
      : undefined;
    const names = [...ADD_ONS, ...(shared === undefined ? [] : (["aws-efs-csi-driver"] as const))];
    const others = new AwsAddOns(`${name}-add-ons`, { ...addOns, names }, { ...within, dependsOn: pools });

    this.pools = plan.pools;
    this.resource = cluster;
    this.kubeconfig = kubeconfigFor(cluster, site);
    this.provider = kubernetesProvider(
      `${name}-kubernetes`,
      { kubeconfig: this.kubeconfig, clusterIdentifier: cluster.arn },
      { ...within, dependsOn: [others] },
    );
    new AwsAutoscaling(`${name}-autoscaling`, { ...site, request, cluster, kubernetes: this.provider }, within);
    this.storageClasses = storageClasses(keys.dataKeyArn, shared?.fileSystemId);
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }

  createDnsRecords(name: string, records: DnsRecords): void {
    new AwsDnsRecords(name, records, { parent: this });
  }

  givePodsRoles(name: string, roles: readonly PodRole[]): void {
    if (roles.length > 0) new AwsPodRoles(name, { cluster: this.resource, roles }, { parent: this });
  }
}

/** What the parts of the cluster have in common; each takes of it what it needs. */
function siteOf(request: ClusterRequest, { region, zones, subnets, version }: AwsPlan) {
  const { name, environment, network, access, storage } = request;
  return {
    clusterName: name,
    region,
    zones,
    subnets,
    cidr: network.cidr,
    serviceCidr: network.services,
    access,
    kubernetesVersion: request.version,
    version,
    scratch: storage.scratch,
    retentionDays: RETENTION_DAYS[environment],
    nat: request.nat ? NAT[environment] : ("none" as const),
    services: servicesBehindEndpoints(request),
    authority: registryAuthorityOf(request),
    isProtected: request.isProtected,
  };
}

/** Known when the cluster is. It holds no token, but whoever has AWS's credentials gets in with it. */
function kubeconfigFor(cluster: eks.Cluster, { clusterName, region }: { clusterName: string; region: string }) {
  const parts = pulumi.all([cluster.endpoint, cluster.certificateAuthority]);
  return pulumi.secret(
    parts.apply(([server, { data }]) =>
      execKubeconfig({
        server,
        authority: data,
        command: "aws",
        args: ["--region", region, "eks", "get-token", "--cluster-name", clusterName, "--output", "json"],
        installHint: "the AWS CLI gives the credentials: https://docs.aws.amazon.com/cli/",
      }),
    ),
  );
}

/** Calls AWS in the region of the settings, whatever the environment of the shell says. */
function providerOf(name: string, { name: clusterName, environment, region }: ClusterRequest): AwsProvider {
  const tags = { "kubeflow-cluster": clusterName, "kubeflow-environment": environment, "managed-by": "pulumi" };
  return new AwsProvider(`${name}-aws`, { region: region ?? "", defaultTags: { tags } });
}
