import { expand, EACH, type Place } from "../kubernetes/places.ts";
import { at, isFalse, isTrue, type Step } from "../reading.ts";
import type { Resource, Subject } from "../resource.ts";
import { resourceSubject } from "../subjects.ts";
import { DOKS_CLUSTER, EKS_CLUSTER, GKE_CLUSTER } from "./resources.ts";

/** Where the API server of a cluster can be reached. Its answers throw UnknownValue. */
export interface EndpointSubject extends Subject {
  readonly endpoint: Endpoint;
}

interface Endpoint {
  /** Whether it has an address on the internet that somebody may connect to. */
  readonly isPublic: (value: unknown) => boolean;
  /** Where that is said. */
  readonly publicAt: readonly Step[];
  /** The setting that makes it private, for the fix. */
  readonly makePrivate: string;
  /** Whether anybody may connect, as no ranges are named. */
  readonly isOpen: (value: unknown) => boolean;
  readonly rangesAt: readonly Step[];
  /** The ranges that may connect. */
  readonly ranges: (value: unknown) => readonly Place[];
  /** Whether the network of the nodes reaches it without the internet. */
  readonly isReachedFromWithin: (value: unknown) => boolean;
}

const EKS_RANGES = ["vpcConfig", "publicAccessCidrs"] as const;
const GKE_NETWORKS = ["masterAuthorizedNetworksConfig", "cidrBlocks"] as const;
const DOKS_RANGES = ["controlPlaneFirewall", "allowedAddresses"] as const;

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  [EKS_CLUSTER]: {
    isPublic: (value) => !isFalse(value, "vpcConfig", "endpointPublicAccess"),
    publicAt: ["vpcConfig", "endpointPublicAccess"],
    makePrivate:
      "Set vpcConfig.endpointPublicAccess to false and endpointPrivateAccess to true (cluster.access: private).",
    isOpen: (value) => at(value, ...EKS_RANGES) === undefined,
    rangesAt: EKS_RANGES,
    ranges: (value) => expand(value, [...EKS_RANGES, EACH]),
    isReachedFromWithin: (value) => isTrue(value, "vpcConfig", "endpointPrivateAccess"),
  },
  [GKE_CLUSTER]: {
    isPublic: (value) => !isTrue(value, "privateClusterConfig", "enablePrivateEndpoint"),
    publicAt: ["privateClusterConfig", "enablePrivateEndpoint"],
    makePrivate: "Set privateClusterConfig.enablePrivateEndpoint to true (cluster.access: private).",
    isOpen: (value) => at(value, "masterAuthorizedNetworksConfig") === undefined,
    rangesAt: GKE_NETWORKS,
    ranges: (value) => expand(value, [...GKE_NETWORKS, EACH, "cidrBlock"]),
    isReachedFromWithin: () => true,
  },
  // DigitalOcean has no private endpoint: its firewall stands in for one.
  [DOKS_CLUSTER]: {
    isPublic: () => true,
    publicAt: DOKS_RANGES,
    makePrivate: "Allow addresses of private networks only in controlPlaneFirewall (cluster.access: private).",
    isOpen: (value) => !isTrue(value, "controlPlaneFirewall", "enabled") || at(value, ...DOKS_RANGES) === undefined,
    rangesAt: DOKS_RANGES,
    ranges: (value) => expand(value, [...DOKS_RANGES, EACH]),
    isReachedFromWithin: () => true,
  },
};

/** The endpoint of a cluster; none for other resources. */
export function endpoints(resource: Resource): EndpointSubject[] {
  const endpoint = ENDPOINTS[resource.type];
  return endpoint === undefined ? [] : [{ ...resourceSubject(resource), endpoint }];
}
