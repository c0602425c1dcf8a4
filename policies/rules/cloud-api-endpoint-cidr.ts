import { z } from "zod";
import { type EndpointSubject, endpoints } from "../cloud/api-endpoint.ts";
import { isEverybody, isPrivate, isWithin, type Range, rangeOf } from "../cloud/ranges.ts";
import { at, isTrue } from "../reading.ts";
import { resourceRule, type Violation } from "../rule.ts";

const range = z.string().refine((text) => rangeOf(text) !== undefined, "must be a range such as 203.0.113.0/24");

export const apiEndpointCidr = resourceRule({
  id: "cloud-api-endpoint-cidr",
  title: "Only named networks reach the API server",
  severity: "critical",
  why: "Whoever reaches the API server can try stolen credentials and every fault of its authentication; bots find a new one within minutes.",
  remediation:
    "Set cluster.access to private, or to {cidrs: [...]} with the networks of those who administer the cluster.",
  url: "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
  frameworks: [
    { framework: "Trivy", id: "AWS-0041" },
    { framework: "Trivy", id: "GCP-0053" },
    { framework: "Trivy", id: "GCP-0061" },
    { framework: "Checkov", id: "CKV_AWS_38" },
    { framework: "Checkov", id: "CKV_GCP_18" },
    { framework: "Checkov", id: "CKV_GCP_20" },
    { framework: "CIS EKS", id: "5.4.1" },
    { framework: "CIS GKE", id: "5.6.3" },
    { framework: "Kubescape", id: "C-0227" },
  ],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  nonExemptable: { stacks: ["prod"] },
  parameters: z.strictObject({
    allowedCidrs: z
      .array(range)
      .default([])
      .describe("Networks in which all others must lie; empty: any that are narrow"),
    minPrefix: z.int().min(1).max(32).default(16).describe("The shortest prefix of a range of public IPv4 addresses"),
    minPrefixV6: z.int().min(1).max(128).default(32).describe("The same for IPv6"),
  }),
  subjects: endpoints,
  checks: {
    unrestricted: ({ value, name, endpoint }) => {
      if (!endpoint.isPublic(value) || !endpoint.isOpen(value)) return;
      return { message: `${name} lets everybody to its API server, as it names no networks`, path: endpoint.rangesAt };
    },
    width: (subject, { parameters }) =>
      judged(subject, (allowed) => {
        const least = allowed.family === "ipv4" ? parameters.minPrefix : parameters.minPrefixV6;
        if (isEverybody(allowed)) return "which is everybody";
        return isPrivate(allowed) || allowed.prefix >= least ? undefined : `which is wider than /${least}`;
      }),
    foreign: (subject, { parameters: { allowedCidrs } }) =>
      judged(subject, (allowed) => {
        if (allowedCidrs.length === 0 || isWithin(allowed, allowedCidrs)) return undefined;
        return "which lies in none of the networks that may";
      }),
    googleCloud: ({ value, name }) => {
      const path = ["masterAuthorizedNetworksConfig", "gcpPublicCidrsAccessEnabled"];
      if (!isTrue(value, ...path)) return;
      return { message: `${name} lets every machine of every customer of Google Cloud to its API server`, path };
    },
    externalName: ({ value, name }) => {
      const path = ["controlPlaneEndpointsConfig", "dnsEndpointConfig", "allowExternalTraffic"];
      if (!isTrue(value, ...path)) return;
      return { message: `${name} has a name on the internet at which everybody reaches its API server`, path };
    },
  },
  examples: {
    good: [
      `
type: aws:eks/cluster:Cluster
properties:
  vpcConfig: { endpointPublicAccess: true, publicAccessCidrs: [203.0.113.0/24] }
---
type: aws:eks/cluster:Cluster
name: private
properties:
  vpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: true }
`,
      `
type: gcp:container/cluster:Cluster
properties:
  masterAuthorizedNetworksConfig: { cidrBlocks: [{ cidrBlock: 203.0.113.0/24 }] }
`,
      `
type: digitalocean:index/kubernetesCluster:KubernetesCluster
properties:
  controlPlaneFirewall: { enabled: true, allowedAddresses: [10.0.0.0/16] }
`,
    ],
    bad: {
      unrestricted: `
type: digitalocean:index/kubernetesCluster:KubernetesCluster
properties:
  controlPlaneFirewall: { enabled: false, allowedAddresses: [10.0.0.0/16] }
`,
      width: `
type: aws:eks/cluster:Cluster
properties:
  vpcConfig: { endpointPublicAccess: true, publicAccessCidrs: [203.0.113.0/24, 0.0.0.0/0] }
`,
      foreign: `
type: gcp:container/cluster:Cluster
properties:
  masterAuthorizedNetworksConfig: { cidrBlocks: [{ cidrBlock: 198.51.100.0/24 }] }
`,
      googleCloud: `
type: gcp:container/cluster:Cluster
properties:
  masterAuthorizedNetworksConfig: { cidrBlocks: [], gcpPublicCidrsAccessEnabled: true }
`,
      externalName: `
type: gcp:container/cluster:Cluster
properties:
  masterAuthorizedNetworksConfig: { cidrBlocks: [] }
  controlPlaneEndpointsConfig: { dnsEndpointConfig: { allowExternalTraffic: true } }
`,
    },
    parameters: { allowedCidrs: ["203.0.113.0/24", "10.0.0.0/8"] },
  },
});

/** The ranges that may connect to a public endpoint and that something is wrong with. */
function* judged(
  { value, name, endpoint }: EndpointSubject,
  judge: (range: Range) => string | undefined,
): Generator<Violation> {
  if (!endpoint.isPublic(value)) return;
  for (const place of endpoint.ranges(value)) {
    const text = at(place.value);
    const allowed = typeof text === "string" ? rangeOf(text) : undefined;
    const wrong = allowed === undefined ? "which is no range of addresses" : judge(allowed);
    if (wrong === undefined) continue;
    yield { message: `${name} lets ${String(text)} to its API server, ${wrong}`, path: place.path };
  }
}
