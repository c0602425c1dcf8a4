import type { ClusterRequest, Deviation } from "../contract.ts";
import { PRINCIPAL_LISTS } from "../principals.ts";

/** Everything in GKE's clusters, and everything but Secrets to look at. */
export const ROLES = { admins: "roles/container.admin", viewers: "roles/container.viewer" } as const;

/** IAM gives these roles for a project, whatever clusters it has. */
export function accessDeviations(request: ClusterRequest): Deviation[] {
  return PRINCIPAL_LISTS.filter((list) => request[list].length > 0).map((list) => ({
    setting: `cluster.${list}`,
    asked: `access to ${request.name}`,
    given: `${ROLES[list]}, which holds for every cluster of the project`,
  }));
}
