import { z } from "zod";
import { endpoints } from "../cloud/api-endpoint.ts";
import { isPrivate, rangeOf } from "../cloud/ranges.ts";
import { DOKS_CLUSTER, EKS_CLUSTER } from "../cloud/resources.ts";
import { at } from "../reading.ts";
import { resourceRule } from "../rule.ts";

export const apiEndpointPrivate = resourceRule({
  id: "cloud-api-endpoint-private",
  title: "The API server has no address on the internet",
  severity: "high",
  why: "An address on the internet can be scanned, flooded and attacked whoever may log in; from inside the network, or over a VPN into it, nobody needs one.",
  remediation: "Set cluster.access to private, and install from inside the network.",
  url: "https://docs.cloud.google.com/kubernetes-engine/docs/concepts/network-isolation",
  frameworks: [
    { framework: "Trivy", id: "AWS-0040" },
    { framework: "Checkov", id: "CKV_AWS_39" },
    { framework: "Checkov", id: "CKV_GCP_25" },
    { framework: "CIS EKS", id: "5.4.2" },
    { framework: "CIS GKE", id: "5.6.4" },
    { framework: "Kubescape", id: "C-0228" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({}),
  subjects: endpoints,
  checks: {
    public: ({ resource, value, name, endpoint }) => {
      if (resource.type === DOKS_CLUSTER || !endpoint.isPublic(value)) return;
      return {
        message: `${name} has an API server on the internet`,
        path: endpoint.publicAt,
        fix: endpoint.makePrivate,
      };
    },
    /** Where the endpoint is always public and a firewall is all there is. */
    firewall: function* ({ resource, value, name, endpoint }) {
      if (resource.type !== DOKS_CLUSTER) return;
      for (const place of endpoint.ranges(value)) {
        const text = at(place.value);
        const range = typeof text === "string" ? rangeOf(text) : undefined;
        if (range !== undefined && isPrivate(range)) continue;
        const message = `${name} lets ${String(text)}, which is no private network, to its API server`;
        yield { message, path: place.path, fix: endpoint.makePrivate };
      }
    },
    within: ({ resource, value, name, endpoint }) => {
      if (resource.type !== EKS_CLUSTER || endpoint.isReachedFromWithin(value)) return;
      return {
        message: `${name} has its own nodes reach its API server over the internet`,
        path: ["vpcConfig", "endpointPrivateAccess"],
        fix: "Set vpcConfig.endpointPrivateAccess to true.",
      };
    },
  },
  examples: {
    good: [
      `
type: aws:eks/cluster:Cluster
properties:
  vpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: true }
---
type: gcp:container/cluster:Cluster
properties:
  privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: true }
---
type: digitalocean:index/kubernetesCluster:KubernetesCluster
properties:
  controlPlaneFirewall: { enabled: true, allowedAddresses: [10.0.0.0/16] }
`,
    ],
    bad: {
      public: `
type: gcp:container/cluster:Cluster
properties:
  privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: false }
`,
      firewall: `
type: digitalocean:index/kubernetesCluster:KubernetesCluster
properties:
  controlPlaneFirewall: { enabled: true, allowedAddresses: [203.0.113.7] }
`,
      within: `
type: aws:eks/cluster:Cluster
properties:
  vpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: false }
`,
    },
  },
});
