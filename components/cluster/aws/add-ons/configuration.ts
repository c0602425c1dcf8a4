import type { AddOnName } from "./versions.ts";

/**
 * How each add-on differs from what EKS ships, as its own schema has it. The VPC CNI takes addresses in blocks of 16, so
 * that a node holds as many pods as it may, and enforces NetworkPolicies.
 */
export const CONFIGURATION: Readonly<Partial<Record<AddOnName, object>>> = {
  "vpc-cni": {
    enableNetworkPolicy: "true",
    env: { ENABLE_PREFIX_DELEGATION: "true", WARM_PREFIX_TARGET: "1" },
  },
};
