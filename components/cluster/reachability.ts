import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../kit/errors.ts";
import { listAt, textAt } from "../kit/objects.ts";
import type { Cluster, ClusterRequest } from "./contract.ts";
import { throwForPeople } from "./run-error.ts";

/** A name of the cloud's DNS takes a moment to be known everywhere. */
const PAUSES_MS = [2000, 5000, 10_000, 20_000];
const CONNECT_MS = 10_000;

/**
 * Ends a run early where the API server of a cluster that was just made cannot be reached from here, rather than letting
 * every object of the platform try for as long as it may. A preview reaches nothing, and checks nothing.
 */
export function requireReachable({ kubeconfig }: Cluster, request: ClusterRequest): void {
  if (kubeconfig === undefined || pulumi.runtime.isDryRun()) return;
  kubeconfig.apply((text) => reach(serverOf(text), request).catch(throwForPeople));
}

/** Connects to a server, several times if need be. Throws UserError that says why it is out of reach, and what helps. */
export async function reach(
  server: URL,
  { access, network }: Pick<ClusterRequest, "access" | "network">,
  pauses: readonly number[] = PAUSES_MS,
): Promise<void> {
  // Names that nobody can have (RFC 2606) belong to clusters that are simulated.
  if (server.hostname.endsWith(".invalid")) return;
  let why = await attempt(server);
  for (const pause of pauses) {
    if (why === undefined) return;
    await sleep(pause);
    why = await attempt(server);
  }
  if (why === undefined) return;
  const from =
    access.kind === "private"
      ? `it has no public address, only one in ${network.cidr}`
      : `it lets in ${access.cidrs.join(", ")}`;
  throw new UserError(
    `the API server ${server.origin} of the new cluster cannot be reached from here (${why}): ${from}`,
    {
      next: "run from there (a runner in the network, a VPN), or name your address in cluster.access: {cidrs: [...]}; what is made stays, and the next run goes on from it",
    },
  );
}

/** Why a connection does not come about; undefined where it does. */
function attempt({ hostname, port }: URL): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: port === "" ? 443 : Number(port) });
    const end = (why?: string) => {
      socket.destroy();
      resolve(why);
    };
    socket.setTimeout(CONNECT_MS, () => end(`no answer within ${CONNECT_MS / 1000} s`));
    socket.once("connect", () => end());
    socket.once("error", (error) => end(error.message));
  });
}

/** The API server of the only cluster in a kubeconfig that a cloud's component has written. */
export function serverOf(kubeconfig: string): URL {
  return new URL(textAt(listAt(JSON.parse(kubeconfig), "clusters")[0], "cluster", "server") ?? "");
}
