import { type KubernetesObject, labelsAt, textAt } from "../kit/objects.ts";
import { flowsOf } from "../kubeflow/network/index.ts";
import { type Flow, type IntoProfiles, nameOf, type ReviewedTraffic, targetOf } from "../kubeflow/network/flows.ts";
import { MERGED_METRICS_PORT } from "../kubeflow/network/mesh.ts";
import { nameResolution } from "../kubeflow/network/name-resolution.ts";
import { type Opening, peerOf } from "../kubeflow/network/policies.ts";
import { type Inventory, inventoryOf } from "../kubeflow/order/inventory.ts";
import { profileSettingsIn } from "./profile-controller/expanded.ts";
import { type Endpoint, endpointAt, endpointOf, urlOf } from "../kubeflow/services/endpoint.ts";
import type { ObjectStoreSettings } from "../kubeflow/services/settings.ts";

/** What the profiles of a platform have to know of it. */
export interface TenantPlatform {
  /** Labels that the profile controller puts on the namespaces of profiles. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** The header that tells applications who is calling. */
  readonly userHeader: string;
  readonly userPrefix: string;
  /** Identities in the mesh that may speak for a user. */
  readonly spokesmen: readonly string[];
  /** Where clients in profiles find the object store; undefined without Pipelines. */
  readonly objectStore: string | undefined;
  /** What a profile's own store is made after; undefined without Pipelines. */
  readonly store: PlatformStore | undefined;
  /** Below which the artifacts of each profile are kept; undefined where Pipelines itself says so, or there is none. */
  readonly artifacts: string | undefined;
  /** Whether configurations can be offered to pods. */
  readonly hasPodDefaults: boolean;
  /** What comes into a profile's namespace, and what goes from it to the platform. */
  readonly ingress: readonly Opening[];
  readonly egress: readonly Opening[];
  /** The rule of a NetworkPolicy by which names are resolved. */
  readonly nameResolution: object;
  /** An object store outside the cluster, to which no selector leads. */
  readonly outside: { readonly port: number } | undefined;
}

/** The object store of the platform. */
export interface PlatformStore {
  readonly endpoint: Endpoint;
  /** Of the addresses of artifacts in it. */
  readonly scheme: "minio" | "s3";
  /** How Argo's configuration describes where artifacts go. */
  readonly repository: string;
}

export interface PlatformOptions {
  readonly traffic: ReviewedTraffic;
  /** Namespaces whose pods may read metrics. */
  readonly metricsFrom: readonly string[];
  /** Ranges of addresses of resolvers that are no pods. */
  readonly nameServers: readonly string[];
  /** The object store, where it is outside the cluster. */
  readonly objectStore?: ObjectStoreSettings | undefined;
}

const DEFINITION = "CustomResourceDefinition.apiextensions.k8s.io";
const POD_DEFAULTS = "poddefaults.kubeflow.org";
/** The platform's own, as Pipelines has its clients find it. */
const IN_CLUSTER = endpointAt("minio-service.kubeflow:9000", { region: "minio", secure: false });

/** Reads off the objects of a plan what its profiles need. */
export function platformOf(objects: readonly KubernetesObject[], options: PlatformOptions): TenantPlatform {
  const inventory = inventoryOf(objects);
  const controller = profileSettingsIn(objects);
  const pipelines = dataWith(["bucketName", "defaultPipelineRoot"], inventory);
  const outside = options.objectStore && endpointOf(options.objectStore);
  const endpoint = outside ?? IN_CLUSTER;
  return {
    namespaceLabels: controller.namespaceLabels,
    userHeader: controller.userIdHeader,
    userPrefix: controller.userIdPrefix,
    spokesmen: [controller.ingressPrincipal, controller.pipelinesPrincipal],
    objectStore: pipelines && urlOf(endpoint),
    store: pipelines && {
      endpoint,
      scheme: outside === undefined ? "minio" : "s3",
      repository: dataWith(["artifactRepository"], inventory)?.["artifactRepository"] ?? "",
    },
    artifacts:
      pipelines === undefined || outside !== undefined ? undefined : `minio://${pipelines["bucketName"]}/profiles`,
    hasPodDefaults: inventory.ofKind(DEFINITION).some(({ metadata }) => metadata.name === POD_DEFAULTS),
    ingress: [
      ...options.traffic.intoProfiles.flatMap((row) => openingsInto(row, inventory)),
      ...options.metricsFrom.map((name) => ({ port: MERGED_METRICS_PORT, peer: namespacePeer(name) })),
    ],
    egress: flowsOf(inventory, options)
      .filter(({ from }) => from.kind === "profiles")
      .map(outward),
    nameResolution: nameResolution(options.nameServers),
    outside: pipelines === undefined || outside === undefined ? undefined : { port: outside.port },
  };
}

type Data = Readonly<Record<string, string>>;

/** The data of the ConfigMap that holds all of these keys. */
function dataWith(keys: readonly string[], inventory: Inventory): Data | undefined {
  const holds = (object: KubernetesObject) => keys.every((key) => textAt(object, "data", key) !== undefined);
  const found = inventory.ofKind("ConfigMap").find(holds);
  return found && labelsAt(found, "data");
}

function openingsInto({ from, ports }: IntoProfiles, inventory: Inventory): Opening[] {
  const peers = inventory.workloads
    .filter((workload) => from.includes(nameOf(workload)))
    // Seen from no namespace of the platform.
    .map((workload) => peerOf(targetOf(workload), ""));
  const numbers = ports === "all" ? [undefined] : ports;
  return peers.flatMap((peer) => numbers.map((port) => ({ port, peer })));
}

function outward({ to, port }: Flow): Opening {
  return { port, peer: peerOf(to, "") };
}

/** All pods of a namespace. */
export function namespacePeer(name: string): object {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } };
}
