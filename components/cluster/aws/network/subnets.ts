import { allocate, type Cidr, formatCidr, sizeOf } from "../../network/cidr.ts";

/** Subnets of one zone, as CIDRs. */
export interface ZoneSubnets {
  readonly zone: string;
  /** For nodes, pods and the control plane's interfaces. */
  readonly private: string;
  /** For the NAT gateway and public load balancers. */
  readonly public: string;
}

/** A VPC is a /16 at most; below a /22 the subnets of a few zones hold hardly a node's pods. */
export const VPC_PREFIXES = { largest: 16, smallest: 22 } as const;

/** EKS and load balancers want a few dozen addresses of a subnet. */
const SMALLEST_PUBLIC = 27;

/**
 * A private and a public subnet a zone. The private ones take one equal part of the network each and leave one more;
 * the public ones lie at the beginning of that part, whose rest is free: room for a zone or a subnet that comes later.
 */
export function planSubnets(network: Cidr, zones: readonly string[]): readonly ZoneSubnets[] {
  const large = privatePrefix(network.prefix, zones.length);
  const small = Math.min(SMALLEST_PUBLIC, network.prefix + 8);
  const subnets = allocate(network, [...zones.map(() => large), ...zones.map(() => small)]).map(formatCidr);
  return zones.map((zone, index) => ({
    zone,
    private: subnets[index] ?? "",
    public: subnets[zones.length + index] ?? "",
  }));
}

/** Addresses that a private subnet has for nodes and pods: AWS keeps five, the control plane's interfaces take a few. */
export function roomOf(networkPrefix: number, zones: number): number {
  return sizeOf(privatePrefix(networkPrefix, zones)) - 16;
}

function privatePrefix(networkPrefix: number, zones: number): number {
  return networkPrefix + Math.ceil(Math.log2(zones + 1));
}
