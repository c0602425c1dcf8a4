import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as eks from "@pulumi/aws/eks/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { NodePool, Taint } from "../../contract.ts";
import type { RegistryAuthority } from "../../registry-authority.ts";
import type { AwsNetwork } from "../network/index.ts";
import type { EksVersion } from "../versions.ts";
import type { AwsNodeSecurity } from "./security.ts";
import { spread } from "./spread.ts";
import { userData } from "./user-data.ts";

export interface AwsNodePoolArgs {
  readonly clusterName: string;
  readonly cluster: eks.Cluster;
  readonly pool: NodePool;
  readonly version: EksVersion;
  readonly roleArn: pulumi.Input<string>;
  readonly network: AwsNetwork;
  readonly security: AwsNodeSecurity;
  readonly keyArn: pulumi.Input<string>;
  /** Whether the local NVMe disks of nodes that train become scratch space. */
  readonly scratch: boolean;
  readonly authority: RegistryAuthority | undefined;
}

/** A pool: one launch template, and a managed node group in each of its zones. */
export class AwsNodePool extends pulumi.ComponentResource {
  readonly groups: readonly eks.NodeGroup[];

  constructor(name: string, args: AwsNodePoolArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:AwsNodePool", name, {}, opts);
    const template = new ec2.LaunchTemplate(name, templateArgs(args), { parent: this });
    const { pool, cluster, network } = args;
    this.groups = spread(pool).map(
      ({ zone, count, min, max }) =>
        new eks.NodeGroup(
          `${name}-${zone}`,
          {
            clusterName: cluster.name,
            nodeRoleArn: args.roleArn,
            subnetIds: [network.subnetIn(zone)],
            instanceTypes: [pool.instanceType],
            amiType: pool.gpu === undefined ? "AL2023_x86_64_STANDARD" : "AL2023_x86_64_NVIDIA",
            releaseVersion: args.version.image,
            capacityType: pool.spot ? "SPOT" : "ON_DEMAND",
            launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
            scalingConfig: { desiredSize: count, minSize: min, maxSize: max },
            updateConfig: { maxUnavailable: 1 },
            nodeRepairConfig: { enabled: true },
            labels: { ...pool.labels },
            taints: pool.taints.map(taintOf),
          },
          // From the first day on the autoscaler says how many nodes there are.
          { parent: this, ignoreChanges: ["scalingConfig.desiredSize"] },
        ),
    );
    this.registerOutputs({});
  }
}

function templateArgs({
  clusterName,
  pool,
  security,
  keyArn,
  scratch,
  authority,
}: AwsNodePoolArgs): ec2.LaunchTemplateArgs {
  const tags = { Name: `${clusterName}-${pool.name}` };
  return {
    description: `Nodes of the pool ${pool.name} of ${clusterName}`,
    updateDefaultVersion: true,
    userData: userData({ cpu: pool.cpu, scratch: scratch && pool.training, authority }),
    vpcSecurityGroupIds: [security.groupId],
    // A pod is one hop further away than its node: it cannot take the node's identity.
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [
      {
        deviceName: "/dev/xvda",
        ebs: {
          volumeType: "gp3",
          volumeSize: Math.ceil(pool.disk / 2 ** 30),
          encrypted: "true",
          kmsKeyId: keyArn,
          deleteOnTermination: "true",
        },
      },
    ],
    tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
  };
}

const EFFECTS = { NoSchedule: "NO_SCHEDULE", PreferNoSchedule: "PREFER_NO_SCHEDULE", NoExecute: "NO_EXECUTE" } as const;

function taintOf({ key, value, effect }: Taint) {
  return { key, value, effect: EFFECTS[effect] };
}
