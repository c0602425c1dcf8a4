import { z } from "zod";
import { EKS_CLUSTER, GKE_CLUSTER } from "../cloud/resources.ts";
import { at, isTrue, textAt, textsAt } from "../reading.ts";
import type { Subject } from "../resource.ts";
import { stackRule } from "../rule.ts";
import { stackResourcesOf } from "../subjects.ts";

const VPC = "aws:ec2/vpc:Vpc";
const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";

const TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"] as const;
const COMPONENTS = ["SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"] as const;

/** Subnets of Google Cloud that carry something else than machines have no flow logs. */
const WITHOUT_FLOWS = /PROXY|PRIVATE_SERVICE_CONNECT|PRIVATE_NAT/;

export const controlPlaneLogging = stackRule({
  id: "cloud-control-plane-logging",
  title: "Control plane and network write down who did what",
  severity: "medium",
  why: "After a break-in, or before an auditor, nobody can tell what was done where the API server and the network kept no record; it cannot be made up for later.",
  remediation: "Turn on all logs of the control plane, and flow logs of the network.",
  url: "https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html",
  frameworks: [
    { framework: "Trivy", id: "AWS-0038" },
    { framework: "Trivy", id: "AWS-0178" },
    { framework: "Trivy", id: "GCP-0052" },
    { framework: "Trivy", id: "GCP-0060" },
    { framework: "Checkov", id: "CKV_AWS_37" },
    { framework: "Checkov", id: "CKV_GCP_1" },
    { framework: "Checkov", id: "CKV_GCP_8" },
    { framework: "Checkov", id: "CKV_GCP_61" },
    { framework: "CIS EKS", id: "2.1.1" },
    { framework: "CIS GKE", id: "5.7.1" },
    { framework: "Kubescape", id: "C-0067" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    types: z
      .array(z.enum(TYPES))
      .default([...TYPES])
      .describe("Logs of the control plane of EKS that must be on"),
    components: z
      .array(z.string())
      .default([...COMPONENTS])
      .describe("Components of GKE that must write logs"),
  }),
  subjects: stackResourcesOf(EKS_CLUSTER, GKE_CLUSTER, VPC, FLOW_LOG, SUBNETWORK),
  checks: {
    controlPlane: ({ resource, value, name }, { parameters: { types, components } }) => {
      const wanted = resource.type === EKS_CLUSTER ? types : resource.type === GKE_CLUSTER ? components : [];
      const path = resource.type === EKS_CLUSTER ? ["enabledClusterLogTypes"] : ["loggingConfig", "enableComponents"];
      const missing = wanted.filter((each) => !textsAt(value, ...path).includes(each));
      if (missing.length === 0) return;
      return { message: `${name} keeps no log of ${missing.join(", ")}`, path };
    },
    vpc: (subject, { stack }) => {
      if (subject.resource.type !== VPC) return;
      // Which network a flow log is of is known when there is one; so they are counted.
      const networks = stack.resourcesOf(VPC);
      const logs = stack.resourcesOf(FLOW_LOG).filter(({ properties }) => Object.hasOwn(properties, "vpcId"));
      if (networks.indexOf(subject.resource) < logs.length) return;
      return {
        message: `${subject.name} has no flow log`,
        path: [],
        fix: "Make an aws.ec2.FlowLog for the VPC, with trafficType ALL.",
      };
    },
    traffic: ({ resource, value, name }) => {
      if (resource.type !== FLOW_LOG || textAt(value, "trafficType") === "ALL") return;
      return { message: `${name} leaves out a part of the traffic`, path: ["trafficType"] };
    },
    subnetwork: (subject) => {
      const { resource, value, name } = subject;
      if (resource.type !== SUBNETWORK || !holdsMachines(subject)) return;
      if (at(value, "logConfig") !== undefined || isTrue(value, "enableFlowLogs")) return;
      return {
        message: `${name} has no flow logs`,
        path: ["logConfig"],
        fix: "Give the subnetwork a logConfig.",
      };
    },
  },
  examples: {
    good: [
      `
type: aws:eks/cluster:Cluster
properties: { enabledClusterLogTypes: [api, audit, authenticator, controllerManager, scheduler] }
---
type: aws:ec2/vpc:Vpc
---
type: aws:ec2/flowLog:FlowLog
properties: { vpcId: vpc-1, trafficType: ALL }
---
type: gcp:container/cluster:Cluster
properties:
  loggingConfig: { enableComponents: [SYSTEM_COMPONENTS, APISERVER, CONTROLLER_MANAGER, SCHEDULER, WORKLOADS] }
---
type: gcp:compute/subnetwork:Subnetwork
properties:
  secondaryIpRanges: [{ rangeName: pods, ipCidrRange: 10.4.0.0/14 }]
  logConfig: { flowSampling: 0.5 }
`,
    ],
    bad: {
      controlPlane: `
type: aws:eks/cluster:Cluster
properties: { enabledClusterLogTypes: [api, audit] }
`,
      vpc: `
type: aws:ec2/vpc:Vpc
`,
      traffic: `
type: aws:ec2/flowLog:FlowLog
properties: { vpcId: vpc-1, trafficType: REJECT }
`,
      subnetwork: `
type: gcp:compute/subnetwork:Subnetwork
properties:
  secondaryIpRanges: [{ rangeName: pods, ipCidrRange: 10.4.0.0/14 }]
`,
    },
  },
});

/** Whether nodes and pods are in a subnetwork: those of a VPC-native cluster have ranges for pods. */
function holdsMachines({ value }: Subject): boolean {
  if (WITHOUT_FLOWS.test(textAt(value, "purpose") ?? "")) return false;
  return at(value, "secondaryIpRanges") !== undefined;
}
