import type * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "../kit/objects.ts";
import type { AirGapSettings } from "../kubeflow/air-gap/settings.ts";
import type { RegistryAccount } from "../kubeflow/images/settings.ts";
import type { KubernetesVersion } from "./settings.ts";
import type { Catalogue, GpuFamily, Known } from "./sizing/catalogue.ts";

/** Where the platform can stand. */
export const CLOUDS = ["existing", "aws", "gcp", "digitalocean"] as const;
export type CloudName = (typeof CLOUDS)[number];

/** What one general node must have at least. Sizes are decimal bytes, per node. */
export interface MachineRequest {
  readonly cpu: number;
  readonly memory: number;
  readonly disk: number;
  /** A type of the cloud's catalogue in place of the one that sizing picks. */
  readonly instanceType?: string;
}

/** A pool of GPU nodes that is asked for. */
export interface GpuPoolRequest extends MachineRequest {
  readonly name: string;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** GPUs a node. */
  readonly gpus: number;
  /** One family a pool: frameworks stall or fail where a job meets two. Undefined: the cheapest that fits. */
  readonly family?: GpuFamily;
  /** Where the cloud has such machines; undefined: the zones of the cluster. */
  readonly zones?: readonly string[];
  /** Interruptible machines; only for pools that train, whose jobs can start again. */
  readonly spot: boolean;
  readonly training: boolean;
}

/** Who may speak to the API server. Undefined in the settings of prod means private, with a warning in previews. */
export type Access = { readonly kind: "private" } | { readonly kind: "cidrs"; readonly cidrs: readonly string[] };

/** The cluster that is asked for, defaults filled in: what every cloud's plan starts from. */
export interface ClusterRequest {
  readonly environment: "dev" | "prod";
  readonly cloud: CloudName;
  /** What names of cloud resources begin with: lower-case letters, digits and dashes, at most 20 characters. */
  readonly name: string;
  /** As the cloud names it; required except on an existing cluster. */
  readonly region?: string;
  /** Google Cloud's project id. */
  readonly project?: string;
  /** Zones as the cloud names them; undefined: those of the region's row in the cloud's table. */
  readonly zones?: readonly string[];
  /** Kubernetes minor, such as 1.34. */
  readonly version: KubernetesVersion;
  /** Ranges that do not overlap: of the nodes (and on AWS of the pods), of pods and of Services. */
  readonly network: { readonly cidr: string; readonly pods: string; readonly services: string };
  readonly access: Access;
  /** Who may do and see everything in the cluster beside whoever makes it, as the cloud writes its people and roles. */
  readonly admins: readonly string[];
  readonly viewers: readonly string[];
  /** Whether the cloud and Pulumi refuse to delete the cluster. */
  readonly isProtected: boolean;
  /** Whether the settings said who has access, or the environment's default stands in. */
  readonly isAccessChosen: boolean;
  readonly nodes: MachineRequest & { readonly count: number; readonly max: number };
  readonly gpuPools: readonly GpuPoolRequest[];
  readonly storage: {
    /** A class whose volumes several nodes write: EFS, Filestore. */
    readonly shared: boolean;
    /** Local NVMe disks as scratch for training. */
    readonly scratch: boolean;
  };
  /** Whether nodes reach the internet, through NAT. */
  readonly nat: boolean;
  /** The registry that everything is pulled from, and how nodes come to trust it; undefined: from where it is published. */
  readonly airGap?: AirGapSettings;
  /** Sign-ins of registries. */
  readonly registries: readonly RegistryAccount[];
  /** Existing clusters only. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Whether it is looked at before anything is changed. */
  readonly check: boolean;
}

/** Keeps what does not tolerate it off a node. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** Nodes alike, as data: clouds make them, the rehearsal simulates them, the policies judge them. */
export interface NodePool {
  readonly name: string;
  readonly purpose: "general" | "gpu";
  readonly instanceType: string;
  /** Nodes now, and the autoscaler's bounds, over all zones. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** What a machine has, before the kubelet's reserve: cores, decimal bytes of memory and of node disk. */
  readonly cpu: number;
  readonly memory: number;
  readonly disk: number;
  readonly gpu?: { readonly family: Known<GpuFamily>; readonly count: number };
  readonly spot: boolean;
  readonly training: boolean;
  readonly zones: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** Whether a cloud can do something, by what, or what stands in for it where it cannot. */
export type Capability =
  { readonly supported: true; readonly by: string } | { readonly supported: false; readonly substitute: string };

/** People and roles of the cloud's own to let into a cluster, and the form in which the cloud writes them. */
export type PrincipalsCapability =
  | (Extract<Capability, { readonly supported: true }> & { readonly form: RegExp; readonly says: string })
  | Extract<Capability, { readonly supported: false }>;

/** What a cloud can do; every cloud declares each of them. */
export interface Capabilities {
  /** Nodes spread over several zones. */
  readonly zones: Capability;
  /** Commands run on a node before it joins: kernel modules, a registry's CA. */
  readonly nodeUserData: Capability;
  /** Nodes that trust a registry's own authority before their first pull. */
  readonly registryAuthority: Capability;
  /** Nodes without a way to the internet. */
  readonly isolation: Capability;
  /** Node disks of any size. */
  readonly diskSizes: Capability;
  /** An API server without a public address. */
  readonly privateEndpoint: Capability;
  /** Volumes that several nodes write. */
  readonly sharedVolumes: Capability;
  /** Access for those whom the settings name. */
  readonly principals: PrincipalsCapability;
  /** GPU families that its catalogue has. */
  readonly gpus: Capability;
  /** Who enforces NetworkPolicies. */
  readonly networkPolicy: Capability;
}

/** What a cloud cannot do as asked, and what is done in its place. Shown in previews, never silently met. */
export interface Deviation {
  /** The setting that asked for it, such as `cluster.nodes.disk`. */
  readonly setting: string;
  readonly asked: string;
  readonly given: string;
}

/** What will be made, decided before anything is registered. */
export interface ClusterPlan {
  readonly zones: readonly string[];
  readonly pools: readonly NodePool[];
  readonly deviations: readonly Deviation[];
  readonly warnings: readonly string[];
}

/** A StorageClass without its name: all classes are WaitForFirstConsumer and expandable. */
export interface StorageClass {
  readonly name: string;
  readonly isDefault: boolean;
  readonly provisioner: string;
  readonly parameters: Readonly<Record<string, pulumi.Input<string>>>;
  readonly reclaimPolicy: "Delete" | "Retain";
  readonly mountOptions?: readonly string[];
}

/** What makes GPUs usable on a cloud's nodes, pinned together: a container's CUDA must not be newer than the driver's. */
export interface GpuStack {
  /** Branch of NVIDIA's driver, such as 580. */
  readonly driver: Known<string>;
  /** Newest CUDA that the driver runs. */
  readonly cuda: Known<string>;
  /** What installs the driver. */
  readonly driverBy: string;
  /** Who runs NVIDIA's device plugin: the cloud, or this program. */
  readonly devicePlugin: "cloud" | "program";
  readonly source: string;
  /** ISO date on which the source was read. */
  readonly date: string;
}

/** One cloud: pure data and functions, and a component that is loaded only where it is chosen. */
export interface Cloud<Plan extends ClusterPlan = ClusterPlan> {
  readonly name: CloudName;
  readonly title: string;
  readonly capabilities: Capabilities;
  readonly catalogue: Catalogue;
  /** Where the container runtime looks for CNI plugins on this cloud's nodes. */
  readonly cniBinDirectory: string;
  readonly gpu: GpuStack;
  /** Who runs a metrics server, without which autoscalers are blind: the cloud (add-ons included), or this program. */
  readonly metricsServer: "cloud" | "program";
  /**
   * Ranges in which pods find the API server, by its Service and behind it. Undefined where nobody knows before there is
   * a cluster.
   */
  readonly apiServerRanges?: (request: Pick<ClusterRequest, "network">) => readonly string[];
  /** Throws one UserError with every problem of a request: unknown type, CIDRs, zones, access, GPU families, version. */
  plan(request: ClusterRequest): Plan;
  /** What the component applies in the cluster by itself, with images as they are published; undefined: nothing. */
  objects?(request: ClusterRequest, plan: Plan): readonly KubernetesObject[];
  /**
   * Imports the component's module and makes the cluster. Its resources have an explicit provider, which the component
   * makes as well: the rehearsal's host knows no default providers.
   */
  create(name: string, request: ClusterRequest, plan: Plan): Promise<Cluster>;
}

/** What the platform needs to know of a cluster, whoever runs it. */
export interface Cluster {
  /** Through which every Kubernetes object is applied. */
  readonly provider: pulumi.ProviderResource;
  /** The resource whose deletion takes everything on it along; undefined where the cluster stays. */
  readonly resource?: pulumi.Resource;
  /** Secret. Undefined where the user's own is used. */
  readonly kubeconfig?: pulumi.Output<string>;
  readonly pools: readonly NodePool[];
  /** Made by the program; exactly one of them is the default. */
  readonly storageClasses: readonly StorageClass[];
  /** Classes that the cloud makes itself and takes for the default, which the program ends. */
  readonly formerDefaults?: readonly Pick<StorageClass, "name" | "provisioner">[];
  /** As whom nodes pull, as the cloud's IAM names members; undefined where that takes no permission of its own. */
  readonly nodeIdentity?: pulumi.Output<string>;
  readonly enforcesNetworkPolicy: boolean;
  /** Annotations that make a LoadBalancer Service internal or public on this cloud. */
  readonly loadBalancerAnnotations: (visibility: "internal" | "public") => Readonly<Record<string, string>>;
  /** Makes records for the platform's names in a zone of the cloud's DNS; undefined where that is not possible. */
  readonly createDnsRecords?: (name: string, records: DnsRecords) => void;
  /** Gives pods roles of the cloud by their ServiceAccounts; undefined where that is not for the cluster to say. */
  readonly givePodsRoles?: (name: string, roles: readonly PodRole[]) => void;
}

/** A role of the cloud, and the ServiceAccount whose pods have it. */
export interface PodRole {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** ARN. */
  readonly role: string;
}

/** Names that lead to the ingress gateway. */
export interface DnsRecords {
  /** As the cloud identifies it: a Route 53 zone id, a Cloud DNS zone name, a domain on DigitalOcean. */
  readonly zone: string;
  /** The platform's host, and the wildcard below it for inference services. */
  readonly hosts: readonly string[];
  /** Of the load balancer: a name, or an IPv4 address. */
  readonly target: pulumi.Output<LoadBalancerAddress>;
}

export type LoadBalancerAddress = { readonly hostname?: string; readonly ip?: string };
