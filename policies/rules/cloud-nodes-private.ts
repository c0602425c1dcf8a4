import { z } from "zod";
import { DOKS_CLUSTER, EKS_NODE_GROUP, GKE_CLUSTER, GKE_NODE_POOL, LAUNCH_TEMPLATE } from "../cloud/resources.ts";
import { EACH, expand } from "../kubernetes/places.ts";
import { at, isFalse, isTrue, listAt } from "../reading.ts";
import { resourceRule } from "../rule.ts";
import { ofType } from "../subjects.ts";

const SUBNET = "aws:ec2/subnet:Subnet";
const INSTANCE = "aws:ec2/instance:Instance";
const MACHINE = "gcp:compute/instance:Instance";

export const nodesPrivate = resourceRule({
  id: "cloud-nodes-private",
  title: "Nodes have no address on the internet",
  severity: "high",
  why: "A node with an address of its own is one firewall rule away from everybody; what it needs from outside it fetches through NAT, and nobody begins a connection to it.",
  remediation: "Place nodes in private subnets, and let them out through NAT.",
  url: "https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html",
  frameworks: [
    { framework: "Trivy", id: "AWS-0164" },
    { framework: "Trivy", id: "GCP-0059" },
    { framework: "Checkov", id: "CKV_AWS_130" },
    { framework: "Checkov", id: "CKV_GCP_25" },
    { framework: "Checkov", id: "CKV_GCP_64" },
    { framework: "CIS EKS", id: "5.4.3" },
    { framework: "CIS GKE", id: "5.6.5" },
    { framework: "Kubescape", id: "C-0229" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({}),
  subjects: ofType(
    SUBNET,
    LAUNCH_TEMPLATE,
    INSTANCE,
    EKS_NODE_GROUP,
    GKE_CLUSTER,
    GKE_NODE_POOL,
    MACHINE,
    DOKS_CLUSTER,
  ),
  checks: {
    subnet: ({ resource, value, name }) => {
      if (resource.type !== SUBNET || !isTrue(value, "mapPublicIpOnLaunch")) return;
      return {
        message: `${name} gives every machine in it an address on the internet`,
        path: ["mapPublicIpOnLaunch"],
        fix: "Set mapPublicIpOnLaunch to false.",
      };
    },
    machine: function* ({ resource, value, name }) {
      const message = `${name} gives its machines an address on the internet`;
      if (resource.type === INSTANCE && isTrue(value, "associatePublicIpAddress")) {
        yield { message, path: ["associatePublicIpAddress"] };
      }
      if (resource.type !== LAUNCH_TEMPLATE && resource.type !== MACHINE) return;
      for (const place of expand(value, ["networkInterfaces", EACH])) {
        const isPublic =
          isTrue(place.value, "associatePublicIpAddress") || listAt(place.value, "accessConfigs").length > 0;
        if (isPublic) yield { message, path: place.path };
      }
    },
    gke: ({ resource, value, name }) => {
      if (resource.type === GKE_CLUSTER && !isTrue(value, "privateClusterConfig", "enablePrivateNodes")) {
        if (isTrue(value, "networkConfig", "defaultEnablePrivateNodes")) return;
        const path = ["privateClusterConfig", "enablePrivateNodes"];
        return {
          message: `${name} gives its nodes addresses on the internet`,
          path,
          fix: `Set ${path.join(".")} to true.`,
        };
      }
      const path = ["networkConfig", "enablePrivateNodes"];
      if (resource.type !== GKE_NODE_POOL || !isFalse(value, ...path)) return;
      return {
        message: `${name} gives its nodes addresses on the internet`,
        path,
        fix: `Leave ${path.join(".")} out.`,
      };
    },
    remoteAccess: ({ resource, value, name }) => {
      if (resource.type !== EKS_NODE_GROUP || at(value, "remoteAccess") === undefined) return;
      return {
        message: `${name} lets people log in to its nodes over SSH`,
        path: ["remoteAccess"],
        fix: "Leave remoteAccess out; Session Manager opens a session without a port.",
      };
    },
    /** Droplets have public addresses, whatever is asked for; DigitalOcean's own firewall closes them. */
    isolatedWorkers: ({ resource, value, name }) => {
      if (resource.type !== DOKS_CLUSTER || isTrue(value, "isolatedWorkers")) return;
      return {
        message: `${name} gives its nodes addresses on the internet`,
        path: ["isolatedWorkers"],
        fix: "Set isolatedWorkers to true, in a VPC with a NAT gateway.",
      };
    },
  },
  examples: {
    good: [
      `
type: aws:ec2/subnet:Subnet
properties: { mapPublicIpOnLaunch: false }
---
type: gcp:container/cluster:Cluster
properties: { privateClusterConfig: { enablePrivateNodes: true } }
---
type: digitalocean:index/kubernetesCluster:KubernetesCluster
properties: { isolatedWorkers: true }
`,
    ],
    bad: {
      subnet: `
type: aws:ec2/subnet:Subnet
properties: { mapPublicIpOnLaunch: true }
`,
      machine: `
type: aws:ec2/launchTemplate:LaunchTemplate
properties: { networkInterfaces: [{ associatePublicIpAddress: "true" }] }
`,
      gke: `
type: gcp:container/cluster:Cluster
properties: { privateClusterConfig: { enablePrivateNodes: false } }
`,
      remoteAccess: `
type: aws:eks/nodeGroup:NodeGroup
properties: { remoteAccess: { ec2SshKey: admin } }
`,
      isolatedWorkers: `
type: digitalocean:index/kubernetesCluster:KubernetesCluster
properties: { isolatedWorkers: false }
`,
    },
  },
});
