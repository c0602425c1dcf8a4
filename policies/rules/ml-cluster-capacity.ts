import { z } from "zod";
import { formatSize } from "../../components/kit/units.ts";
import type { InstanceType } from "../../components/cluster/sizing/catalogue.ts";
import { machineOf } from "../cloud/machines.ts";
import { hasGpus, type NodePoolSubject, nodePools } from "../cloud/node-pools.ts";
import { GKE_NODE_POOL, LAUNCH_TEMPLATE } from "../cloud/resources.ts";
import { footprintOf } from "../kubernetes/footprint.ts";
import { EACH, expand } from "../kubernetes/places.ts";
import { numberAt } from "../reading.ts";
import type { Stack } from "../resource.ts";
import { type Check, stackRule, type Violation } from "../rule.ts";
import { wholeStack } from "../subjects.ts";

const GIB = 2 ** 30;
const GB = 1e9;

const parameters = z.strictObject({
  nodes: z.int().min(1).default(6).describe("The least number of nodes without GPUs"),
  cpu: z.int().min(1).default(32).describe("vCPUs that each of them has at least"),
  memoryGb: z.number().positive().default(128).describe("GB of memory that each of them has at least"),
  diskGb: z.number().min(0).default(2000).describe("GB of disk that each of them has at least"),
  gpuPool: z.boolean().default(true).describe("Whether there must be a pool of nodes with GPUs"),
  headroom: z.number().min(0).default(0.2).describe("Part of what the platform requests that must be there beyond it"),
  reserved: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.1)
    .describe("Part of a node that its kubelet and its system keep for themselves"),
});

type Parameters = z.infer<typeof parameters>;

export const clusterCapacity = stackRule({
  id: "ml-cluster-capacity",
  title: "The cluster is as large as the platform and its users need",
  severity: "medium",
  why: "A platform on too few or too small nodes installs and then stalls: pods stay pending, and the first training run takes the memory of the database.",
  remediation: "Raise cluster.nodes to what the class of the stack asks for.",
  url: "https://kubernetes.io/docs/setup/best-practices/cluster-large/",
  frameworks: [],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters,
  classParameters: { dev: { nodes: 3, cpu: 16, memoryGb: 64, diskGb: 1000, gpuPool: false } },
  subjects: wholeStack,
  checks: {
    nodes: inCluster((general, { nodes }, { blame }) => {
      const total = countOf(general);
      if (total >= nodes) return;
      return { message: `the cluster has ${total} nodes without GPUs; it needs ${nodes}`, ...blame };
    }),
    machine: function* (_, { stack, parameters: { cpu, memoryGb } }) {
      for (const pool of generalOf(stack)) {
        for (const type of pool.reader.instanceTypes(pool.value)) {
          const machine = machineOf(pool.cloud, type);
          if (machine !== undefined && machine.cpu >= cpu && machine.memory >= memoryGb * GB) continue;
          const has =
            machine === undefined
              ? "is not in the catalogue, so nobody can tell its size"
              : `has ${machine.cpu} vCPUs and ${formatSize(machine.memory)}`;
          const message = `${type} of ${pool.name} ${has}; nodes need ${cpu} vCPUs and ${memoryGb} GB`;
          yield { message, subject: pool, path: pool.reader.typesAt };
        }
      }
    },
    disk: function* (_, { stack, parameters: { diskGb } }) {
      for (const pool of generalOf(stack)) {
        const disk = diskOf(pool, stack);
        if (disk !== undefined && disk >= diskGb * GB) continue;
        const has = disk === undefined ? "a disk of nobody knows what size" : formatSize(disk);
        yield {
          message: `${pool.name} has nodes with ${has}; they need ${diskGb} GB`,
          subject: pool,
          path: pool.reader.typesAt,
          fix: "Raise cluster.nodes.disk, or take an instance type that comes with more.",
        };
      }
    },
    gpu: inCluster((_, { gpuPool }, { blame, stack }) => {
      const pools = stack.resources.flatMap(nodePools);
      if (!gpuPool || pools.some((pool) => hasGpus(pool) && pool.reader.nodes(pool.value).max > 0)) return;
      return {
        message: "the cluster has no node with GPUs",
        ...blame,
        fix: "Name a pool in cluster.gpuPools.",
      };
    }),
    footprint: inCluster((general, { headroom, reserved }, { blame, stack }) => {
      const machines = general.flatMap((pool) => {
        const [type = ""] = pool.reader.instanceTypes(pool.value);
        const machine = machineOf(pool.cloud, type);
        return machine === undefined ? [] : [{ machine, count: pool.reader.nodes(pool.value).min }];
      });
      const has = (amount: (machine: InstanceType) => number) =>
        (1 - reserved) * machines.reduce((sum, { machine, count }) => sum + count * amount(machine), 0);
      const needs = footprintOf(stack.objects, countOf(general));
      const isEnough =
        has(({ cpu }) => cpu) >= needs.cpu * (1 + headroom) &&
        has(({ memory }) => memory) >= needs.memory * (1 + headroom);
      if (isEnough) return;
      const message =
        `the platform requests ${needs.cpu.toFixed(1)} CPUs and ${formatSize(needs.memory)}, and ` +
        `${Math.round(headroom * 100)} % on top; the smallest cluster gives ${has(({ cpu }) => cpu).toFixed(1)} CPUs and ` +
        formatSize(
          Math.max(
            1,
            has(({ memory }) => memory),
          ),
        );
      return { message, ...blame };
    }),
  },
  examples: {
    good: ["type: pulumi:pulumi:Stack", `${template(2000)}---${group("m5.8xlarge", 6)}---${group("g5.xlarge", 1)}`],
    bad: {
      nodes: `${template(2000)}---${group("m5.8xlarge", 3)}---${group("g5.xlarge", 1)}`,
      machine: `${template(2000)}---${group("m5.xlarge", 6)}---${group("g5.xlarge", 1)}`,
      disk: `${template(100)}---${group("m5.8xlarge", 6)}---${group("g5.xlarge", 1)}`,
      gpu: `${template(2000)}---${group("m5.8xlarge", 6)}`,
      footprint: `${template(2000)}---${group("m5.8xlarge", 6)}---${group("g5.xlarge", 1)}---
apiVersion: apps/v1
kind: Deployment
metadata: { name: large, namespace: kubeflow }
spec:
  replicas: 300
  template: { spec: { containers: [{ name: main, image: "a:1", resources: { requests: { cpu: 1, memory: 1Gi } } }] } }
`,
    },
  },
});

interface Place {
  /** What a finding about the cluster as a whole points at. */
  readonly blame: Pick<Violation, "subject" | "path">;
  readonly stack: Stack;
}

/** A check of a cluster that the stack makes; of others nobody here knows the nodes. */
function inCluster(
  check: (general: readonly NodePoolSubject[], parameters: Parameters, place: Place) => Violation | undefined,
): Check<ReturnType<typeof wholeStack>[number], Parameters> {
  return (_, { stack, parameters: given }) => {
    const general = generalOf(stack);
    const [first] = [...general, ...stack.resources.flatMap(nodePools)];
    if (first === undefined) return;
    return check(general, given, { stack, blame: { subject: first, path: first.reader.typesAt } });
  };
}

/** Pools of nodes without GPUs, which hold the platform. */
function generalOf({ resources }: Stack): NodePoolSubject[] {
  return resources.flatMap(nodePools).filter((pool) => !hasGpus(pool));
}

function countOf(pools: readonly NodePoolSubject[]): number {
  return pools.reduce((sum, { reader, value }) => sum + reader.nodes(value).min, 0);
}

/** Bytes of the disk of a pool's nodes: on AWS the launch template beside the node group says it. */
function diskOf(pool: NodePoolSubject, stack: Stack): number | undefined {
  const { resource, value, cloud, reader } = pool;
  if (resource.type === GKE_NODE_POOL) return gibibytes(numberAt(value, "nodeConfig", "diskSizeGb"));
  if (cloud === "digitalocean") return machineOf(cloud, reader.instanceTypes(value)[0] ?? "")?.fixedDisk;
  if (cloud !== "aws") return undefined;
  const own = gibibytes(numberAt(value, "diskSize"));
  const beside = stack
    .resourcesOf(LAUNCH_TEMPLATE)
    .filter(({ options }) => options.parent === resource.options.parent)
    .flatMap(({ properties }) => expand(properties, ["blockDeviceMappings", EACH, "ebs", "volumeSize"]))
    .map((place) => gibibytes(numberAt(place.value)) ?? 0);
  return own ?? (beside.length === 0 ? undefined : Math.max(...beside));
}

function gibibytes(size: number | undefined): number | undefined {
  return size === undefined ? undefined : size * GIB;
}

function template(size: number): string {
  return `
type: aws:ec2/launchTemplate:LaunchTemplate
properties: { blockDeviceMappings: [{ deviceName: /dev/xvda, ebs: { volumeSize: ${size} } }] }
`;
}

function group(type: string, nodes: number): string {
  return `
type: aws:eks/nodeGroup:NodeGroup
name: ${type}
properties: { instanceTypes: [${type}], scalingConfig: { minSize: ${nodes}, maxSize: ${nodes * 2} } }
`;
}
