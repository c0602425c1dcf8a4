import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../../cluster/contract.ts";
import { type ConfigChoice, configOf } from "../../cluster/existing/kube-config.ts";
import { serverOf } from "../../cluster/reachability.ts";
import { systemErrorCode, UserError } from "../../kit/errors.ts";
import { knownValue } from "../known.ts";
import type { Settings } from "../../settings/parse.ts";
import type { DistributionSettings } from "./settings.ts";

const PATIENCE_MS = 10_000;

/**
 * Refuses a registry in the cluster that it feeds, which could not pull the registry from itself when it starts anew.
 * On an existing cluster before anything is registered: the kubeconfig and context are the same, they lead to the same
 * API server, or, outside of previews, both answer with the same identity. Throws UserError.
 */
export async function requireElsewhere({
  airGap,
  cloud,
  cluster,
}: Pick<Settings, "airGap" | "cloud" | "cluster">): Promise<void> {
  const beside = airGap?.distribution;
  if (beside === undefined) return;
  const isOwnKnown = cloud === "existing";
  if (isOwnKnown && beside.kubeconfig === cluster.kubeconfig && beside.context === cluster.context) {
    throw notElsewhere("cluster.kubeconfig and cluster.context are the same");
  }
  const config = await readConfig(beside);
  const own = isOwnKnown ? await configOf(cluster).catch(() => undefined) : undefined;
  const [server, ownServer] = [config?.getCurrentCluster()?.server, own?.getCurrentCluster()?.server];
  if (server !== undefined && ownServer !== undefined && isSameServer(server, ownServer)) {
    throw notElsewhere(`both lead to ${ownServer}`);
  }
  if (config === undefined || own === undefined || !cluster.check || pulumi.runtime.isDryRun()) return;
  const [identity, ownIdentity] = await Promise.all([identityOf(config), identityOf(own)]);
  if (identity !== undefined && identity === ownIdentity) {
    throw notElsewhere(`${server} and ${ownServer} are the same API server`);
  }
}

/**
 * The same for a cluster that this program makes, whose API server is known only once it is there: waits for it, so that
 * nothing is registered that would be applied to it. Where it stays unknown there is none yet. Throws UserError.
 */
export async function requireElsewhereThan(
  { kubeconfig }: Pick<Cluster, "kubeconfig">,
  distribution: DistributionSettings,
): Promise<void> {
  const own = await knownValue(kubeconfig);
  if (own !== undefined) await requireOtherServer(serverOf(own).href, distribution);
}

/** Throws UserError where a distribution is to stand behind this API server. */
export async function requireOtherServer(own: string, distribution: DistributionSettings): Promise<void> {
  const server = (await readConfig(distribution))?.getCurrentCluster()?.server;
  if (server === undefined || !isSameServer(server, own)) return;
  throw notElsewhere(`it leads to ${server}, which this program has made`);
}

/** Undefined in a preview that is far from the file. */
async function readConfig(choice: ConfigChoice): Promise<KubeConfig | undefined> {
  try {
    return await configOf(choice);
  } catch (error) {
    if (pulumi.runtime.isDryRun()) return undefined;
    const why = systemErrorCode(error) ?? "it is none";
    throw new UserError(`airGap.distribution.kubeconfig cannot be read: ${why}`, {
      next: "give the text or the path of a kubeconfig",
      exitCode: 2,
      cause: error,
    });
  }
}

function isSameServer(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin;
}

/** What no two clusters share, whatever the name by which they are reached; undefined where it does not say. */
async function identityOf(config: KubeConfig): Promise<string | undefined> {
  const asked = config.makeApiClient(CoreV1Api).readNamespace({ name: "kube-system" });
  const patience = sleep(PATIENCE_MS, undefined, { ref: false });
  const answer = await Promise.race([asked, patience]).catch(() => undefined);
  return answer?.metadata?.uid;
}

function notElsewhere(why: string): UserError {
  return new UserError(`airGap.distribution would stand the registry up in the cluster that it feeds: ${why}`, {
    next: "name another cluster in airGap.distribution: {kubeconfig, context}, or a registry that you run",
    exitCode: 2,
  });
}
