import type { Capabilities, ClusterRequest } from "./contract.ts";

/** Settings that name who is let into a cluster. */
export const PRINCIPAL_LISTS = ["admins", "viewers"] as const;

type Named = Pick<ClusterRequest, (typeof PRINCIPAL_LISTS)[number]>;

/** Whether anybody is let in beside whoever makes the cluster. */
export function letsOthersIn(request: Named): boolean {
  return PRINCIPAL_LISTS.some((list) => request[list].length > 0);
}

/** Why a cloud cannot let those in whom the settings name, one sentence each, beginning with the setting. Pure. */
export function principalProblems({ principals }: Pick<Capabilities, "principals">, request: Named): string[] {
  return PRINCIPAL_LISTS.flatMap((list) => {
    const named = request[list];
    if (named.length === 0) return [];
    if (!principals.supported) return [`cluster.${list}: cannot be given here, ${principals.substitute}; leave it out`];
    return named.flatMap((principal, index) =>
      principals.form.test(principal) ? [] : [`cluster.${list}[${index}]: ${principal} is not ${principals.says}`],
    );
  });
}
