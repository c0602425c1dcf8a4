import { closest } from "fastest-levenshtein";
import { UserError } from "../kit/errors.ts";
import type { Cloud, ClusterPlan, ClusterRequest, Deviation } from "./contract.ts";
import { cidrOf, overlap } from "./network/cidr.ts";
import { gpuStackWarnings } from "./gpu-stack.ts";
import { principalProblems } from "./principals.ts";
import { authorityDeviations } from "./registry-authority.ts";
import { draftPools, type PoolsDraft } from "./sizing/pools.ts";
import { storageDeviations, storageWarnings } from "./storage-options.ts";

/** How many zones a cluster spreads over where the settings do not name them and the region has as many. */
const ZONES = 3;

/** A plan as far as all clouds have it in common. */
export interface Draft extends ClusterPlan {
  /** Why the request cannot be met, one sentence each, beginning with the setting. */
  readonly problems: readonly string[];
}

/**
 * What every cloud's plan begins with: the rules that hold everywhere, the zones, and a pool for each that is asked for.
 * A cloud adds its own problems and hands all of them to {@link refuse}. Pure.
 */
export function draftPlan(cloud: Pick<Cloud, "catalogue" | "capabilities" | "gpu">, request: ClusterRequest): Draft {
  const zones = zonesOf(cloud, request);
  // What a region has that does not exist would only be said twice.
  const pools = zones.problems.some(isUnknownRegion) ? NO_POOLS : draftPools(cloud, request, zones.zones);
  return {
    zones: zones.zones,
    pools: pools.pools,
    deviations: [
      ...zones.deviations,
      ...accessDeviations(cloud, request),
      ...isolationDeviations(cloud, request),
      ...authorityDeviations(cloud.capabilities, request),
      ...pools.deviations,
      ...storageDeviations(cloud.capabilities, request),
    ],
    warnings: [
      ...accessWarnings(request),
      ...zones.warnings,
      ...pools.warnings,
      ...gpuStackWarnings(cloud.gpu, pools.pools),
      ...storageWarnings(request),
    ],
    problems: [
      ...accessProblems(request),
      ...principalProblems(cloud.capabilities, request),
      ...networkProblems(request),
      ...isolationProblems(request),
      ...zones.problems,
      ...boundProblems(request),
      ...pools.problems,
    ],
  };
}

/** Throws one UserError that lists the problems of a request, and does nothing where there are none. */
export function refuse(cloud: Pick<Cloud, "title">, problems: readonly string[]): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? "1 reason" : `${problems.length} reasons`;
  throw new UserError(
    [
      `${cloud.title} cannot give the cluster that the settings ask for, for ${count}:`,
      ...problems.map((line) => `  ${line}`),
    ].join("\n"),
    { next: "correct the stack file (Pulumi.<stack>.yaml); docs/clouds.md says what each cloud can do", exitCode: 2 },
  );
}

interface Zones extends Omit<Draft, "pools"> {
  readonly deviations: readonly Deviation[];
}

function zonesOf(
  { catalogue, capabilities }: Pick<Cloud, "catalogue" | "capabilities">,
  request: ClusterRequest,
): Zones {
  const region = request.region ?? "";
  const { zones: asked, environment } = request;
  const none: Zones = { zones: [], deviations: [], warnings: [], problems: [] };
  const known = catalogue.zones[region];
  if (!capabilities.zones.supported) {
    const given = capabilities.zones.substitute;
    const regions = Object.keys(catalogue.zones);
    return {
      ...none,
      deviations:
        environment === "prod" || asked !== undefined
          ? [{ setting: "cluster.zones", asked: asked?.join(", ") ?? "several zones", given }]
          : [],
      problems: known === undefined && regions.length > 0 ? [unknownRegion(region, regions)] : [],
    };
  }
  if (known === undefined && asked === undefined)
    return { ...none, problems: [unknownRegion(region, Object.keys(catalogue.zones))] };
  const zones = [...new Set(asked ?? known?.slice(0, ZONES))];
  const strange = known === undefined ? [] : zones.filter((zone) => !known.includes(zone));
  const pools = request.gpuPools.flatMap((pool, index) =>
    (pool.zones ?? []).filter((zone) => !zones.includes(zone)).map((zone) => ({ zone, index })),
  );
  return {
    ...none,
    zones,
    warnings:
      known === undefined
        ? [`cluster.zones: the zones of ${region} are not in the table here; ${zones.join(", ")} are taken on trust`]
        : [],
    problems: [
      ...strange.map((zone) => `cluster.zones: ${region} has no zone ${zone}; it has ${known?.join(", ")}`),
      ...(environment === "prod" && zones.length < 2
        ? [`cluster.zones: ${zones.join()} is one zone, whose loss is the platform's; prod needs two or more`]
        : []),
      ...pools.map(
        ({ zone, index }) => `cluster.gpuPools[${index}].zones: ${zone} is none of the cluster's, ${zones.join(", ")}`,
      ),
    ],
  };
}

const NO_POOLS: PoolsDraft = { pools: [], deviations: [], warnings: [], problems: [] };

function isUnknownRegion(problem: string): boolean {
  return problem.startsWith("region: ");
}

function unknownRegion(region: string, regions: readonly string[]): string {
  return `region: ${region} is not in the table of zones${regions.length === 0 ? "" : ` (did you mean ${closest(region, regions)}?)`}; one of ${regions.join(", ")}, or give cluster.zones as well`;
}

function isolationDeviations({ capabilities }: Pick<Cloud, "capabilities">, { nat }: ClusterRequest): Deviation[] {
  const { isolation } = capabilities;
  if (nat || isolation.supported) return [];
  return [{ setting: "cluster.nat", asked: "nodes without a way to the internet", given: isolation.substitute }];
}

function isolationProblems({ nat, airGap }: ClusterRequest): string[] {
  if (nat || airGap !== undefined) return [];
  return [
    "cluster.nat: without a way out no image can be pulled from where it is published; set airGap.registry as well, or leave cluster.nat out",
  ];
}

function accessDeviations({ capabilities }: Pick<Cloud, "capabilities">, { access }: ClusterRequest): Deviation[] {
  const { privateEndpoint } = capabilities;
  if (access.kind !== "private" || privateEndpoint.supported) return [];
  return [{ setting: "cluster.access", asked: "private", given: privateEndpoint.substitute }];
}

const isWorld = (cidr: string) => cidrOf(cidr).prefix === 0;

function accessProblems({ environment, access }: ClusterRequest): string[] {
  if (environment !== "prod" || access.kind === "private" || !access.cidrs.some(isWorld)) return [];
  return [
    "cluster.access: 0.0.0.0/0 is everybody, whom prod does not let to its API server; give your ranges, or private",
  ];
}

function accessWarnings({ environment, access, isAccessChosen }: ClusterRequest): string[] {
  if (!isAccessChosen) {
    return [
      "cluster.access is not set, so the API server is private: whoever installs must be inside the cluster's network; otherwise give {cidrs: [...]}",
    ];
  }
  if (environment === "dev" && access.kind === "cidrs" && access.cidrs.some(isWorld)) {
    return ["cluster.access: 0.0.0.0/0 lets everybody to the API server; prod refuses it"];
  }
  return [];
}

function networkProblems({ network }: ClusterRequest): string[] {
  const ranges = Object.entries(network);
  return ranges.flatMap(([name, range], index) =>
    ranges
      .slice(index + 1)
      .filter(([, other]) => overlap(cidrOf(range), cidrOf(other)))
      .map(([otherName, other]) => `cluster.network: ${name} ${range} and ${otherName} ${other} overlap`),
  );
}

function boundProblems({ nodes, gpuPools }: ClusterRequest): string[] {
  const pools = [
    { setting: "cluster.nodes", min: nodes.count, ...nodes },
    ...gpuPools.map((pool, index) => ({ setting: `cluster.gpuPools[${index}]`, ...pool })),
  ];
  return [
    ...pools
      .filter(({ min, count, max }) => min > count || count > max)
      .map(({ setting, min, count, max }) => `${setting}: count ${count} is not between min ${min} and max ${max}`),
    ...gpuPools.flatMap(({ spot, training }, index) =>
      spot && !training
        ? [
            `cluster.gpuPools[${index}].spot: the cloud takes spot nodes back at any time; only a pool with training: true may have them`,
          ]
        : [],
    ),
  ];
}
