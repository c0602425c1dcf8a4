import { load } from "js-yaml";
import { z } from "zod";
import { EKS_ADD_ON, EKS_CLUSTER, GKE_CLUSTER } from "../cloud/resources.ts";
import { isSoForOne } from "../kubernetes/decide.ts";
import { isTrue, textAt } from "../reading.ts";
import type { Resource, Stack } from "../resource.ts";
import { stackRule } from "../rule.ts";
import { stackResourcesOf } from "../subjects.ts";

/** What can enforce NetworkPolicies on a cluster that does not do it itself, by the DaemonSet that it runs. */
const AGENTS: Readonly<Record<string, RegExp>> = { calico: /^calico-node$/, cilium: /^cilium$/ };
const VPC_CNI = "vpc-cni";

export const networkPolicyEngine = stackRule({
  id: "cloud-network-policy",
  title: "The cluster enforces NetworkPolicies",
  severity: "high",
  why: "Every cluster accepts NetworkPolicies; without an engine they do nothing, and every team's pods reach those of all others while the manifests say that they do not.",
  remediation: "Turn on the engine: Dataplane V2 on GKE, enableNetworkPolicy of the VPC CNI on EKS.",
  url: "https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html",
  frameworks: [
    { framework: "Trivy", id: "GCP-0056" },
    { framework: "Checkov", id: "CKV_GCP_12" },
    { framework: "CIS EKS", id: "4.3.1" },
    { framework: "CIS EKS", id: "5.4.4" },
    { framework: "Kubescape", id: "C-0230" },
  ],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    engines: z
      .array(z.enum([VPC_CNI, "calico", "cilium"]))
      .default([VPC_CNI, "calico", "cilium"])
      .describe("What may enforce them on EKS"),
  }),
  // DigitalOcean's clusters come with Cilium, which cannot be taken away.
  subjects: stackResourcesOf(EKS_CLUSTER, GKE_CLUSTER),
  checks: {
    gke: ({ resource, value, name }) => {
      if (resource.type !== GKE_CLUSTER || textAt(value, "datapathProvider") === "ADVANCED_DATAPATH") return;
      if (isTrue(value, "networkPolicy", "enabled")) return;
      return { message: `${name} enforces no NetworkPolicies`, path: ["datapathProvider"] };
    },
    eks: ({ resource, name }, { stack, parameters: { engines } }) => {
      if (resource.type !== EKS_CLUSTER) return;
      const addOns = engines.includes(VPC_CNI) ? stack.resourcesOf(EKS_ADD_ON) : [];
      if (isSoForOne(addOns, isEnforcingCni) || engines.some((engine) => runs(engine, stack))) return;
      return { message: `${name} enforces no NetworkPolicies`, path: [] };
    },
  },
  examples: {
    good: [
      `
type: aws:eks/cluster:Cluster
---
type: aws:eks/addon:Addon
properties: { addonName: vpc-cni, configurationValues: '{"enableNetworkPolicy":"true"}' }
`,
      `
type: gcp:container/cluster:Cluster
properties: { datapathProvider: ADVANCED_DATAPATH }
`,
    ],
    bad: {
      gke: `
type: gcp:container/cluster:Cluster
properties: { datapathProvider: LEGACY_DATAPATH }
`,
      eks: `
type: aws:eks/cluster:Cluster
---
type: aws:eks/addon:Addon
properties: { addonName: vpc-cni }
`,
    },
  },
});

/** Its configuration is JSON or YAML. */
function isEnforcingCni({ properties }: Resource): boolean {
  if (textAt(properties, "addonName") !== VPC_CNI) return false;
  return isTrue(parsed(textAt(properties, "configurationValues") ?? ""), "enableNetworkPolicy");
}

function parsed(text: string): unknown {
  if (text === "") return undefined;
  try {
    return load(text);
  } catch {
    return undefined;
  }
}

function runs(engine: string, stack: Stack): boolean {
  return stack.objectsOf("DaemonSet").some(({ objectName }) => AGENTS[engine]?.test(objectName) === true);
}
