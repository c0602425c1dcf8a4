import type { PodRole } from "../cluster/contract.ts";
import type { Tenant } from "./tenants.ts";

/** The account that notebooks, steps of pipelines and models of a profile run as. */
const EDITOR = "default-editor";

/** The roles that profiles have by EKS Pod Identity. */
export function podRolesOf(tenants: readonly Tenant[]): PodRole[] {
  return tenants.flatMap(({ name, identity }) =>
    typeof identity?.podIdentity === "string"
      ? [{ namespace: name, serviceAccount: EDITOR, role: identity.podIdentity }]
      : [],
  );
}
