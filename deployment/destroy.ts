import { KubeConfig } from "@kubernetes/client-node";
import { UserError } from "../components/kit/errors.ts";
import type { ClusterRequest } from "../components/cluster/contract.ts";
import { ApiClient, ApiError } from "../rehearsal/providers/kubernetes/client.ts";
import { deleteData, describeRemains, remainsIn, removeKinds, removeLeftovers } from "./remains.ts";
import { type LastingVolume, lastingVolumes } from "./outliving.ts";
import { settleUsersData } from "./users-data.ts";

export interface DestroyOptions {
  readonly cluster: Pick<ClusterRequest, "kubeconfig" | "context">;
  /** Whether what holds data goes as well. */
  readonly deleteData: boolean;
  /** That does so another time. */
  readonly command: string;
  readonly say: (line: string) => void;
}

/** Sees to what users have in the cluster: {@link settleUsersData}. A cluster that does not answer is left to Pulumi. */
export async function beforeDestroy({ cluster, command, say, deleteData }: DestroyOptions): Promise<void> {
  await withClient(cluster, async (client) => {
    try {
      await settleUsersData(client, { deleteData, command, report: say });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say(`the cluster cannot be asked what users have in it: ${error.message}`);
    }
  });
}

/**
 * Completes a destroy on a cluster that goes on: removes what the platform's controllers have left, and tells or deletes
 * what holds data. Where nothing of the platform remains it does nothing. Throws UserError where something does not go.
 */
export async function afterDestroy({ cluster, command, say, ...options }: DestroyOptions): Promise<void> {
  await withClient(cluster, async (client) => {
    try {
      const remains = await remainsIn(client);
      const kinds = await removeKinds(client, { report: say });
      if (kinds > 0) say(`custom resource definitions removed that pulumi leaves for their objects: ${kinds}`);
      if (remains.namespaces.length === 0) return say("nothing of the platform is left in the cluster");
      const leftovers = await removeLeftovers(client, remains, { report: say });
      if (leftovers > 0) say(`${leftovers} objects removed that controllers had left`);
      if (!options.deleteData) return say(describeRemains(remains, command));
      const kept = await deleteData(client, remains, { report: say });
      say(`deleted: ${remains.claims.length} volume claims and the namespaces ${remains.namespaces.join(" and ")}`);
      if (kept.length === 0) return;
      say(`their reclaim policy keeps these volumes: kubectl delete persistentvolume ${kept.join(" ")}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const message = `the stack is destroyed, but the cluster cannot be asked what is left: ${error.message}`;
      throw new UserError(message, { next: command, cause: error });
    }
  });
}

/**
 * Sees to users' data on a cluster that will go with the stack, and tells which volumes outlive it. Without an answer
 * nothing is known of them. Throws UserError where users have data.
 */
export async function beforeClusterDestroy(
  kubeconfig: string,
  say: (line: string) => void,
): Promise<readonly LastingVolume[]> {
  let volumes: readonly LastingVolume[] = [];
  await withClient({ kubeconfig }, async (client) => {
    try {
      const command = "kubectl delete profile NAME for each of them, and run this again";
      await settleUsersData(client, { deleteData: false, command, report: say });
      volumes = await lastingVolumes(client);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say(`the cluster cannot be asked what is in it: ${error.message}`);
    }
  });
  return volumes;
}

async function withClient(
  { kubeconfig, context }: DestroyOptions["cluster"],
  work: (client: ApiClient) => Promise<void>,
): Promise<void> {
  const client = await ApiClient.connect(kubeconfig ?? usersKubeconfig(), context);
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

/** What kubectl would use. */
function usersKubeconfig(): string {
  const config = new KubeConfig();
  config.loadFromDefault();
  return config.exportConfig();
}
