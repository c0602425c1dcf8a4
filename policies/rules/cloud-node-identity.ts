import { z } from "zod";
import { EKS_ADD_ON, GKE_CLUSTER, GKE_NODE_POOL } from "../cloud/resources.ts";
import { at, isGiven, textAt, textsAt } from "../reading.ts";
import type { Subject } from "../resource.ts";
import { resourceRule } from "../rule.ts";
import { ofType } from "../subjects.ts";

const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const MEMBERS = ["gcp:projects/iAMMember:IAMMember", "gcp:projects/iAMBinding:IAMBinding"];

/** Accounts that a project has from its first day, with the right to edit all of it. */
const DEFAULT_ACCOUNT = /^default$|-compute@developer\.gserviceaccount\.com$|@appspot\.gserviceaccount\.com$/;

/** Add-ons of EKS whose pods call AWS, with the rights of their node where they have none of their own. */
const CALLERS = ["vpc-cni", "aws-ebs-csi-driver", "aws-efs-csi-driver"];

export const nodeIdentity = resourceRule({
  id: "cloud-node-identity",
  title: "Nodes may do what nodes do, and pods have identities of their own",
  severity: "medium",
  why: "Every pod can try to act as its node; a node that may edit the project, or hold the rights that only one add-on needs, hands them to whoever gets into any container.",
  remediation:
    "Give nodes an account of their own with the least roles, and pods theirs by Workload Identity or EKS Pod Identity.",
  url: "https://docs.cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster",
  frameworks: [
    { framework: "Trivy", id: "GCP-0050" },
    { framework: "Trivy", id: "GCP-0057" },
    { framework: "Checkov", id: "CKV2_GCP_1" },
    { framework: "Checkov", id: "CKV_GCP_69" },
    { framework: "CIS EKS", id: "5.2.1" },
    { framework: "CIS GKE", id: "5.2.1" },
    { framework: "CIS GKE", id: "5.2.2" },
    { framework: "Kubescape", id: "C-0225" },
    { framework: "Kyverno", id: "require-aws-node-irsa" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    broadRoles: z
      .array(z.string())
      .default(["roles/owner", "roles/editor", "AdministratorAccess", "PowerUserAccess", "IAMFullAccess"])
      .describe("Roles and managed policies that are too much for anything that a stack makes"),
  }),
  subjects: ofType(GKE_CLUSTER, GKE_NODE_POOL, EKS_ADD_ON, ATTACHMENT, ...MEMBERS),
  checks: {
    account: (subject) => {
      const { value, name } = subject;
      if (!hasNodes(subject)) return;
      const path = ["nodeConfig", "serviceAccount"];
      // What is unknown is an account that is still to be made: the default ones are there already.
      if (isGiven(value, ...path) && !DEFAULT_ACCOUNT.test(knownText(value, path))) return;
      return { message: `${name} runs nodes with the project's default account`, path };
    },
    metadata: (subject) => {
      const path = ["nodeConfig", "workloadMetadataConfig", "mode"];
      if (!hasNodes(subject) || textAt(subject.value, ...path) === "GKE_METADATA") return;
      return {
        message: `${subject.name} lets pods take the credentials of their node`,
        path,
        fix: "Set nodeConfig.workloadMetadataConfig.mode to GKE_METADATA.",
      };
    },
    workloadIdentity: ({ resource, value, name }) => {
      const path = ["workloadIdentityConfig", "workloadPool"];
      if (resource.type !== GKE_CLUSTER || isGiven(value, ...path)) return;
      return { message: `${name} gives pods no identity of their own`, path, fix: "Set it to <project>.svc.id.goog." };
    },
    addOn: ({ resource, value, name }) => {
      if (resource.type !== EKS_ADD_ON || !CALLERS.includes(textAt(value, "addonName") ?? "")) return;
      if (at(value, "podIdentityAssociations") !== undefined || isGiven(value, "serviceAccountRoleArn")) return;
      return { message: `${name} calls AWS with the rights of its node`, path: ["podIdentityAssociations"] };
    },
    role: ({ resource, value, name }, { parameters: { broadRoles } }) => {
      const field = resource.type === ATTACHMENT ? "policyArn" : MEMBERS.includes(resource.type) ? "role" : undefined;
      if (field === undefined) return;
      const role = textAt(value, field) ?? "";
      if (!broadRoles.includes(role) && !broadRoles.includes(role.slice(role.lastIndexOf("/") + 1))) return;
      return { message: `${name} gives ${role}, which is nearly everything`, path: [field] };
    },
    scopes: (subject) => {
      if (!hasNodes(subject)) return;
      const path = ["nodeConfig", "oauthScopes"];
      const isBroad = textsAt(subject.value, ...path).some((scope) => /(\/auth\/|^)cloud-platform$/.test(scope));
      if (!isBroad || isGiven(subject.value, "nodeConfig", "serviceAccount")) return;
      return { message: `${subject.name} lets nodes call every API with the project's default account`, path };
    },
  },
  examples: {
    good: [
      `
type: gcp:container/nodePool:NodePool
properties:
  nodeConfig: { serviceAccount: node@p.iam.gserviceaccount.com, workloadMetadataConfig: { mode: GKE_METADATA } }
---
type: gcp:container/cluster:Cluster
properties: { removeDefaultNodePool: true, workloadIdentityConfig: { workloadPool: p.svc.id.goog } }
---
type: aws:eks/addon:Addon
properties: { addonName: vpc-cni, podIdentityAssociations: [{ serviceAccount: aws-node, roleArn: arn:aws:iam::1:role/cni }] }
`,
    ],
    bad: {
      account: `
type: gcp:container/nodePool:NodePool
properties: { nodeConfig: { workloadMetadataConfig: { mode: GKE_METADATA } } }
`,
      metadata: `
type: gcp:container/nodePool:NodePool
properties:
  nodeConfig: { serviceAccount: node@p.iam.gserviceaccount.com, workloadMetadataConfig: { mode: GCE_METADATA } }
`,
      workloadIdentity: `
type: gcp:container/cluster:Cluster
properties: { removeDefaultNodePool: true }
`,
      addOn: `
type: aws:eks/addon:Addon
properties: { addonName: aws-ebs-csi-driver }
`,
      role: `
type: gcp:projects/iAMMember:IAMMember
properties: { role: roles/editor, member: serviceAccount:node@p.iam.gserviceaccount.com }
`,
      scopes: `
type: gcp:container/nodePool:NodePool
properties:
  nodeConfig:
    oauthScopes: [https://www.googleapis.com/auth/cloud-platform]
    workloadMetadataConfig: { mode: GKE_METADATA }
`,
    },
  },
});

/** Whether a resource makes nodes: a cluster does, be it for a moment, where it says how they are to be. */
function hasNodes({ resource, value }: Subject): boolean {
  if (resource.type === GKE_NODE_POOL) return true;
  return resource.type === GKE_CLUSTER && (isGiven(value, "nodeConfig") || at(value, "removeDefaultNodePool") !== true);
}

/** The text at a path, `""` where it is unknown. */
function knownText(value: unknown, path: readonly string[]): string {
  const holder = at(value, ...path.slice(0, -1)) as Readonly<Record<string, unknown>>;
  const text = holder[path.at(-1) ?? ""];
  return typeof text === "string" ? text : "";
}
