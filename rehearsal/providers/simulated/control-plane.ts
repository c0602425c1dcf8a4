import { load } from "js-yaml";
import { NODE_LABELS } from "../../../components/cluster/sizing/pools.ts";
import { defined } from "../../../components/kit/defined.ts";
import { UserError } from "../../../components/kit/errors.ts";
import { listAt, textAt } from "../../../components/kit/objects.ts";
import { isKubeconfigOfOurs } from "../../control-plane/directory.ts";
import type { FaultPlan } from "../../control-plane/faults.ts";
import { createNodes, removeNodes } from "../../control-plane/index.ts";
import { readAccess } from "../../control-plane/kubeconfig.ts";
import type { Surroundings } from "./index.ts";

/** Where simulated clusters are said to be. A name that nobody can have (RFC 2606), so nothing that is sent leaves. */
const HOST = "kubernetes.rehearsal.invalid";

/** What nodes turn out to have that was not declared. */
export type NodeFaults = Pick<FaultPlan, "nodes">;

export interface ControlPlaneOptions extends NodeFaults {
  /** Where the cluster's API server is said to be, with its port. @default a name that leads nowhere */
  readonly host?: string;
}

/** Surroundings whose cluster is a control plane of the rehearsal, given by the path of its kubeconfig. */
export async function onControlPlane(
  kubeconfig: string,
  { nodes: faulty = {}, host = HOST }: ControlPlaneOptions = {},
): Promise<Surroundings> {
  const { authority } = await readAccess(kubeconfig);
  let joined = 0;
  return {
    apiServer: { host, certificateAuthority: Buffer.from(authority).toString("base64") },
    join: async (nodes) => {
      const before = joined;
      joined += nodes.length;
      await createNodes(
        kubeconfig,
        nodes.map((node) => {
          const { taints = [] } = faulty[node.labels?.[NODE_LABELS.pool] ?? ""] ?? {};
          return { ...node, taints: [...(node.taints ?? []), ...taints.map((taint) => defined(taint))] };
        }),
        { before },
      );
    },
    leave: (names) => removeNodes(kubeconfig, names),
  };
}

/** Surroundings of a preview, which makes nothing and knows nothing. */
export function nowhere(): Promise<Surroundings> {
  const nothing = () => Promise.resolve();
  return Promise.resolve({ apiServer: { host: HOST, certificateAuthority: "" }, join: nothing, leave: nothing });
}

/**
 * The kubeconfig of the control plane in place of one for the simulated cluster: how people sign in to a cloud is not
 * rehearsed. What leads to a control plane already, such as the one of a registry, stays. Throws UserError where it leads elsewhere, or does not trust what the cluster's API server shows.
 */
export async function locate(given: string, kubeconfig: string): Promise<string> {
  if (given === kubeconfig || isKubeconfigOfOurs(given)) return given;
  const { apiServer } = await onControlPlane(kubeconfig);
  const cluster = listAt(parsed(given), "clusters").map((one) => ({
    server: textAt(one, "cluster", "server") ?? "",
    authority: textAt(one, "cluster", "certificate-authority-data"),
  }))[0];
  if (cluster === undefined || !URL.canParse(cluster.server) || new URL(cluster.server).hostname !== apiServer.host) {
    throw misled(`its server is ${JSON.stringify(cluster?.server)}, not https://${apiServer.host}`);
  }
  if (cluster.authority !== apiServer.certificateAuthority) throw misled("it trusts another authority");
  return kubeconfig;
}

function parsed(text: string): unknown {
  try {
    return load(text);
  } catch (error) {
    throw misled("it is not YAML", error);
  }
}

function misled(why: string, cause?: unknown): UserError {
  return new UserError(`the kubeconfig of the cluster does not lead to the simulated cluster: ${why}`, {
    next: "correct what the cluster's component makes of the cloud's outputs",
    cause,
  });
}
