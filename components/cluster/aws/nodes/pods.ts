/** Addresses of a prefix that the VPC CNI takes at once for the pods of a node. */
const PREFIX = 16;

/** Interfaces of a node have an address of their own. */
const INTERFACES = 8;

/**
 * Pods that a node takes: what EKS sets as the most on managed nodes, 110 below 30 vCPUs and 250 from there.
 * Source: https://docs.aws.amazon.com/eks/latest/userguide/create-managed-node-group.html, read in its copy of 2024-12-18.
 */
export function maxPods(cpu: number): number {
  return cpu < 30 ? 110 : 250;
}

/** Addresses that a full node takes from its subnet, with the spare prefix that the VPC CNI keeps ready. */
export function addressesOfNode(cpu: number): number {
  return (Math.ceil(maxPods(cpu) / PREFIX) + 1) * PREFIX + INTERFACES;
}
