import { formatSize } from "../../kit/units.ts";
import type { ClusterPlan, ClusterRequest, NodePool } from "../contract.ts";
import { draftPlan, refuse } from "../draft.ts";
import { cidrOf } from "../network/cidr.ts";
import { addOnsOf, addOnWarnings } from "./add-ons/versions.ts";
import { registryAuthorityOf } from "../registry-authority.ts";
import { capabilities } from "./capabilities.ts";
import { catalogue } from "./catalogue.ts";
import { gpu } from "./gpu.ts";
import { planSubnets, roomOf, VPC_PREFIXES, type ZoneSubnets } from "./network/subnets.ts";
import { addressesOfNode } from "./nodes/pods.ts";
import { spread } from "./nodes/spread.ts";
import { userDataText } from "./nodes/user-data.ts";
import { type EksVersion, VERSIONS } from "./versions.ts";

export const title = "AWS";

/** What is made on AWS, decided before anything is registered. */
export interface AwsPlan extends ClusterPlan {
  readonly region: string;
  readonly subnets: readonly ZoneSubnets[];
  readonly version: EksVersion;
}

/** The largest gp3 volume, in bytes. */
const LARGEST_DISK = 16 * 2 ** 40;

/** Label by which the Cluster Autoscaler knows nodes whose GPUs appear a while after they joined. */
export const ACCELERATOR_LABEL = "k8s.amazonaws.com/accelerator";

/** Throws one UserError with every reason why AWS cannot give what is asked for. Pure. */
export function planAws(request: ClusterRequest): AwsPlan {
  const draft = draftPlan({ catalogue, capabilities, gpu }, request);
  const { zones, deviations, warnings } = draft;
  const version = VERSIONS[request.version];
  const pools = draft.pools.map(labelled);
  refuse({ title }, [
    ...draft.problems,
    ...zoneProblems(zones, draft.problems),
    ...networkProblems(request, zones, pools),
    ...diskProblems(request),
    ...userDataProblems(request),
  ]);
  const subnets = planSubnets(cidrOf(request.network.cidr), zones);
  return {
    region: request.region ?? "",
    zones,
    pools,
    deviations,
    warnings: [...warnings, ...addOnWarnings(version.minor, chosenAddOns(request))],
    subnets,
    version,
  };
}

/** Versions of the add-ons that the cluster has. */
function chosenAddOns({ version, storage }: ClusterRequest) {
  const { "aws-efs-csi-driver": shared, ...others } = addOnsOf(version);
  return storage.shared ? { ...others, "aws-efs-csi-driver": shared } : others;
}

function labelled(pool: NodePool): NodePool {
  if (pool.gpu === undefined) return pool;
  return { ...pool, labels: { ...pool.labels, [ACCELERATOR_LABEL]: `nvidia-${pool.gpu.family}` } };
}

/** EKS takes no cluster of one zone, in dev neither. */
function zoneProblems(zones: readonly string[], others: readonly string[]): string[] {
  if (zones.length !== 1 || others.some((problem) => problem.startsWith("cluster.zones"))) return [];
  return [`cluster.zones: ${zones.join()} is one zone; EKS wants subnets in two or more`];
}

function networkProblems({ network }: ClusterRequest, zones: readonly string[], pools: readonly NodePool[]): string[] {
  const { prefix } = cidrOf(network.cidr);
  const { largest, smallest } = VPC_PREFIXES;
  if (prefix < largest || prefix > smallest) {
    return [`cluster.network.cidr: ${network.cidr} must be from /${largest}, the largest VPC, to /${smallest}`];
  }
  const need = Math.max(0, ...zones.map((zone) => addressesIn(zone, pools)));
  if (need <= roomOf(prefix, zones.length)) return [];
  const enough = prefixes(prefix - 1).find((candidate) => need <= roomOf(candidate, zones.length));
  const next = enough === undefined ? "fewer nodes, or more zones" : `a range of /${enough}, or fewer nodes`;
  return [
    `cluster.network.cidr: ${network.cidr} has ${roomOf(prefix, zones.length)} addresses a zone for nodes and pods, ` +
      `and the pools at their largest take ${need}; give ${next}`,
  ];
}

/** Prefixes of ever larger networks. */
function prefixes(from: number): number[] {
  return Array.from({ length: Math.max(0, from - VPC_PREFIXES.largest + 1) }, (_, index) => from - index);
}

function addressesIn(zone: string, pools: readonly NodePool[]): number {
  const inZone = pools.flatMap((pool) =>
    spread(pool)
      .filter((part) => part.zone === zone)
      .map((part) => part.max * addressesOfNode(pool.cpu)),
  );
  return inZone.reduce((sum, addresses) => sum + addresses, 0);
}

function diskProblems({ nodes, gpuPools }: ClusterRequest): string[] {
  const disks = [
    { setting: "cluster.nodes", disk: nodes.disk },
    ...gpuPools.map(({ disk }, index) => ({ setting: `cluster.gpuPools[${index}]`, disk })),
  ];
  return disks
    .filter(({ disk }) => disk > LARGEST_DISK)
    .map(
      ({ setting, disk }) =>
        `${setting}.disk: ${formatSize(disk)} is more than the largest gp3 volume, of ${formatSize(LARGEST_DISK)}`,
    );
}

/** EC2 takes 16 KiB of user data, of which EKS needs some for its own. */
const LONGEST_USER_DATA = 12 * 1024;

function userDataProblems(request: ClusterRequest): string[] {
  const authority = registryAuthorityOf(request);
  const { length } = userDataText({ cpu: request.nodes.cpu, scratch: false, authority });
  if (length <= LONGEST_USER_DATA) return [];
  return [
    `airGap.ca: with it the user data of a node is ${length} bytes, of ${LONGEST_USER_DATA} that there is room for; ` +
      "give the one certificate that has signed the registry's",
  ];
}
