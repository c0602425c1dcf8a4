import { z } from "zod";
import { DOKS_CLUSTER, EKS_CLUSTER, GKE_CLUSTER } from "../cloud/resources.ts";
import { at, isTrue, listAt, textAt } from "../reading.ts";
import { resourceRule } from "../rule.ts";
import { ofType } from "../subjects.ts";

export const haControlPlane = resourceRule({
  id: "cloud-ha-control-plane",
  title: "The control plane outlives the loss of a machine or of a zone",
  severity: "high",
  why: "With one control plane in one place, an upgrade or a fault of that place stops every pipeline that has a step to start, and nobody can log in.",
  remediation: "Make the cluster regional, or its control plane highly available, over two zones or more.",
  url: "https://docs.cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters",
  frameworks: [],
  levels: { dev: "disabled", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    minZones: z.int().min(1).max(8).default(2).describe("The least number of zones, where a cloud has several"),
  }),
  subjects: ofType(EKS_CLUSTER, GKE_CLUSTER, DOKS_CLUSTER),
  checks: {
    replicas: ({ resource, value, name }) => {
      if (resource.type !== DOKS_CLUSTER || isTrue(value, "ha")) return;
      return { message: `${name} has one control plane`, path: ["ha"], fix: "Set ha to true." };
    },
    regional: ({ resource, value, name }) => {
      if (resource.type !== GKE_CLUSTER) return;
      const location = textAt(value, "location");
      if (location !== undefined && !/-[a-z]$/.test(location)) return;
      return {
        message: `${name} has one control plane, in one zone`,
        path: ["location"],
        fix: "Set location to a region, such as europe-west4.",
      };
    },
    zones: ({ resource, value, name }, { parameters: { minZones } }) => {
      const path = { [EKS_CLUSTER]: ["vpcConfig", "subnetIds"], [GKE_CLUSTER]: ["nodeLocations"] }[resource.type];
      // GKE takes three zones of its own where none are named.
      if (path === undefined || (resource.type === GKE_CLUSTER && at(value, ...path) === undefined)) return;
      if (listAt(value, ...path).length >= minZones) return;
      return { message: `${name} is in fewer than ${minZones} zones`, path, fix: "Name more zones in cluster.zones." };
    },
  },
  examples: {
    good: [
      `
type: gcp:container/cluster:Cluster
properties: { location: europe-west4, nodeLocations: [europe-west4-a, europe-west4-b] }
---
type: aws:eks/cluster:Cluster
properties: { vpcConfig: { subnetIds: [subnet-1, subnet-2] } }
---
type: digitalocean:index/kubernetesCluster:KubernetesCluster
properties: { ha: true }
`,
    ],
    bad: {
      replicas: `
type: digitalocean:index/kubernetesCluster:KubernetesCluster
properties: { ha: false }
`,
      regional: `
type: gcp:container/cluster:Cluster
properties: { location: europe-west4-a }
`,
      zones: `
type: aws:eks/cluster:Cluster
properties: { vpcConfig: { subnetIds: [subnet-1] } }
`,
    },
  },
});
