import type { ClusterRequest } from "../contract.ts";
import { cidrOf, formatCidr } from "./cidr.ts";

/** The address of the Service `kubernetes`, the first of all, as a range of one. */
export function firstServiceOf({ services }: ClusterRequest["network"]): string {
  return formatCidr({ first: cidrOf(services).first + 1, prefix: 32 });
}
