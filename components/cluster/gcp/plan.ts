import type { ClusterPlan, ClusterRequest, NodePool } from "../contract.ts";
import { draftPlan, refuse } from "../draft.ts";
import { allocate, type Cidr, cidrOf, formatCidr } from "../network/cidr.ts";
import { capabilities } from "./capabilities.ts";
import { acceleratorOf, catalogue } from "./catalogue.ts";
import { gpu } from "./gpu.ts";
import { accessDeviations } from "./roles.ts";

/** Addresses that a control plane takes; the range is its own, so that a firewall can name it. */
const CONTROL_PLANE_PREFIX = 28;
/** The smallest network that has room for nodes and internal load balancers beside a control plane. */
const SMALLEST_NETWORK = 22;

/** What Google Cloud needs to know beyond every cloud's plan. */
export interface GcpPlan extends ClusterPlan {
  readonly project: string;
  readonly region: string;
  readonly ranges: { readonly nodes: string; readonly controlPlane: string };
}

/** Throws one UserError with every reason why Google Cloud cannot give the cluster. Pure. */
export function plan(request: ClusterRequest): GcpPlan {
  const { problems, ...drafted } = draftPlan({ catalogue, capabilities, gpu }, request);
  const whole = cidrOf(request.network.cidr);
  refuse({ title: "Google Cloud" }, [
    ...problems,
    ...sizeProblems(whole, request),
    ...acceleratorProblems(drafted.pools),
  ]);
  const ranges = rangesOf(whole);
  const { region, project } = request;
  if (region === undefined || project === undefined) throw new RangeError("the settings give region and project");
  return {
    ...drafted,
    deviations: [...drafted.deviations, ...accessDeviations(request)],
    pools: drafted.pools.map(evenlySpread),
    project,
    region,
    ranges,
  };
}

function rangesOf(whole: Cidr): GcpPlan["ranges"] {
  const [nodes, controlPlane] = allocate(whole, [whole.prefix + 1, CONTROL_PLANE_PREFIX]);
  if (nodes === undefined || controlPlane === undefined) throw new RangeError("two ranges were asked for");
  return { nodes: formatCidr(nodes), controlPlane: formatCidr(controlPlane) };
}

/** Where the control plane is; all of a network that is too small to be planned. */
export function controlPlaneRange({ cidr }: ClusterRequest["network"]): string {
  const whole = cidrOf(cidr);
  return whole.prefix > SMALLEST_NETWORK ? cidr : rangesOf(whole).controlPlane;
}

/**
 * A pool over as many of its zones as divide its nodes evenly: GKE makes the same number in each zone, so three zones
 * would make three nodes out of one.
 */
export function evenlySpread(pool: NodePool): NodePool {
  const most = Math.min(pool.count, pool.zones.length);
  const width = Array.from({ length: most }, (_, index) => most - index).find((zones) => pool.count % zones === 0) ?? 1;
  return { ...pool, zones: pool.zones.slice(0, width) };
}

function sizeProblems({ prefix }: Cidr, { network }: ClusterRequest): string[] {
  if (prefix <= SMALLEST_NETWORK) return [];
  return [`cluster.network.cidr: ${network.cidr} is too small; a /${SMALLEST_NETWORK} or larger, such as 10.0.0.0/16`];
}

function acceleratorProblems(pools: readonly NodePool[]): string[] {
  return pools.flatMap(({ name, gpu }) =>
    gpu === undefined || acceleratorOf(gpu.family) !== undefined
      ? []
      : [`cluster.gpuPools: GKE has no accelerator for ${gpu.family}, of which pool ${name} is`],
  );
}
