import { z } from "zod";
import { DOKS_CLUSTER, EKS_CLUSTER, GKE_CLUSTER } from "../cloud/resources.ts";
import { isFalse, isTrue } from "../reading.ts";
import { resourceRule } from "../rule.ts";
import { resourceSubject } from "../subjects.ts";

/** What holds data, or takes along what does. */
const STATEFUL = [
  EKS_CLUSTER,
  GKE_CLUSTER,
  DOKS_CLUSTER,
  "aws:efs/fileSystem:FileSystem",
  "aws:rds/instance:Instance",
  "aws:rds/cluster:Cluster",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
  "gcp:filestore/instance:Instance",
  "gcp:kms/cryptoKey:CryptoKey",
  "gcp:sql/databaseInstance:DatabaseInstance",
  "gcp:storage/bucket:Bucket",
  "digitalocean:index/databaseCluster:DatabaseCluster",
  "digitalocean:index/spacesBucket:SpacesBucket",
  "digitalocean:index/volume:Volume",
];

/** Clouds that refuse to delete what says so, whoever asks: where they do not, this is left to Pulumi. */
const BY_CLOUD: Readonly<Record<string, { readonly isOnByDefault: boolean }>> = {
  [EKS_CLUSTER]: { isOnByDefault: false },
  [GKE_CLUSTER]: { isOnByDefault: true },
  "aws:rds/instance:Instance": { isOnByDefault: false },
  "aws:rds/cluster:Cluster": { isOnByDefault: false },
  "gcp:sql/databaseInstance:DatabaseInstance": { isOnByDefault: true },
};

export const deletionProtection = resourceRule({
  id: "cloud-deletion-protection",
  title: "Nothing that holds data can be deleted by a slip",
  severity: "high",
  why: "One `pulumi destroy` in the wrong terminal, or a property that cannot be changed in place, takes the cluster with every notebook, model and run on it.",
  remediation: "Set deletionProtection on the resource, and protect in its options.",
  url: "https://www.pulumi.com/docs/iac/concepts/resources/options/protect/",
  frameworks: [],
  levels: { dev: "disabled", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    types: z.array(z.string()).default(STATEFUL).describe("Type tokens of what must have protect in its options"),
  }),
  subjects: (resource, { types }) =>
    types.includes(resource.type) || BY_CLOUD[resource.type] !== undefined ? [resourceSubject(resource)] : [],
  checks: {
    cloud: ({ resource, value, name }) => {
      const own = BY_CLOUD[resource.type];
      const path = ["deletionProtection"];
      if (own === undefined || (own.isOnByDefault ? !isFalse(value, ...path) : isTrue(value, ...path))) return;
      return { message: `${name} can be deleted with one request`, path, fix: "Set deletionProtection to true." };
    },
    protect: ({ resource, name }, { parameters: { types } }) => {
      if (!types.includes(resource.type) || resource.options.protect) return;
      return { message: `${name} goes with the stack`, path: [], fix: "Set protect: true in its resource options." };
    },
  },
  examples: {
    good: [
      `
type: aws:eks/cluster:Cluster
properties: { deletionProtection: true }
options: { protect: true }
---
type: digitalocean:index/kubernetesCluster:KubernetesCluster
options: { protect: true }
`,
    ],
    bad: {
      cloud: `
type: aws:eks/cluster:Cluster
properties: { deletionProtection: false }
options: { protect: true }
`,
      protect: `
type: digitalocean:index/kubernetesCluster:KubernetesCluster
`,
    },
  },
});
