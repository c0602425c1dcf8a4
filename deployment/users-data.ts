import { UserError } from "../components/kit/errors.ts";
import { MADE_BY_SETTINGS, MANAGED_LABELS } from "../components/tenancy/labels.ts";
import type { ApiClient } from "../rehearsal/providers/kubernetes/client.ts";
import { type Collection, type Found, objectsOf, sweep, type SweepOptions } from "./sweep.ts";

export interface UsersDataOptions extends SweepOptions {
  /** Whether data may be deleted. */
  readonly deleteData: boolean;
  /** That deletes it another time. */
  readonly command: string;
}

const PROFILES: Collection = { root: "/apis/kubeflow.org/v1", plural: "profiles" };
const NAMESPACES: Collection = {
  root: "/api/v1",
  plural: "namespaces",
  selector: `${MANAGED_LABELS.madeBy}=${MADE_BY_SETTINGS}`,
};
const CLAIMS: Collection = { root: "/api/v1", plural: "persistentvolumeclaims" };
/** As the Kubernetes provider signs what it applies, with a suffix or without. */
const PULUMI = /^pulumi-kubernetes/;

/**
 * Sees, before a destroy, to what users have in the cluster: their profiles and the volumes in any profile's namespace,
 * which the platform's deletion would take along or be held up by. Where there is none, or it may be deleted, profiles go
 * now with all that is in them, while their controllers still run. Throws UserError that lists the data where it may not
 * be deleted.
 */
export async function settleUsersData(client: ApiClient, options: UsersDataOptions): Promise<void> {
  const profiles = await objectsOf(client, PROFILES);
  const namespaces = new Set(profiles.map(({ name }) => name));
  const everyClaim = await objectsOf(client, CLAIMS);
  const claims = everyClaim.filter(({ namespace = "" }) => namespaces.has(namespace));
  const ofUsers = profiles.filter(isOfUsers);
  if (!options.deleteData && ofUsers.length + claims.length > 0) {
    throw new UserError(
      [
        "users have data in the cluster, which a destroy would delete:",
        ...ofUsers.map(({ name }) => `  profile ${name}`),
        ...claims.map(({ namespace, name }) => `  volume claim ${namespace}/${name}`),
      ].join("\n"),
      { next: `save what is needed of it, then ${options.command}` },
    );
  }
  // In the foreground a profile goes after all that it owns.
  await sweep(client, { ...options, propagation: "Foreground" }, () => objectsOf(client, PROFILES));
  // Those that the settings made are no Profile's own. One with volumes stays from a profile that is gone already.
  const kept = new Set(options.deleteData ? [] : everyClaim.map(({ namespace }) => namespace));
  await sweep(client, options, async () => (await objectsOf(client, NAMESPACES)).filter(({ name }) => !kept.has(name)));
}

function isOfUsers({ managers }: Found): boolean {
  return !managers.some((manager) => PULUMI.test(manager));
}
