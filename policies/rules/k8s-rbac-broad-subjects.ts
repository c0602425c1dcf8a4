import { z } from "zod";
import { granteeOf, grantees } from "../kubernetes/rbac.ts";
import { resourceRule } from "../rule.ts";

const EVERYBODY = ["system:anonymous", "system:unauthenticated", "system:authenticated", "system:serviceaccounts"];

export const rbacBroadSubjects = resourceRule({
  id: "k8s-rbac-broad-subjects",
  title: "Every binding says whom it is for",
  severity: "critical",
  why: "What is given to everybody who can reach the API server, or to every account of the cluster, is given to every stolen notebook; and what is given to the default account is given to every pod that does not ask for another.",
  remediation: "Bind a user, a group of users, or a ServiceAccount of the one program that needs it.",
  url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
  frameworks: [
    { framework: "Trivy", id: "KSV-0122" },
    { framework: "Trivy", id: "KSV-0123" },
    { framework: "Trivy", id: "KSV-01011" },
    { framework: "Checkov", id: "CKV_K8S_42" },
    { framework: "Kubescape", id: "C-0262" },
    { framework: "Kubescape", id: "C-0265" },
    { framework: "CIS GKE", id: "4.1.6" },
  ],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({}),
  subjects: grantees,
  checks: {
    everybody: ({ value, name }) => {
      const { kind, name: whom } = granteeOf(value);
      // Service accounts of one namespace are a group of their own: system:serviceaccounts:kubeflow.
      if (kind === "ServiceAccount" || !EVERYBODY.includes(whom.replace(/^(system:serviceaccounts):.*/, "$1"))) return;
      return { message: `${name} is for ${whom}`, path: [] };
    },
    masters: ({ value, name }) => {
      if (granteeOf(value).name !== "system:masters") return;
      return { message: `${name} is for system:masters, whom no rule of RBAC stops`, path: [] };
    },
    defaultAccount: ({ value, name }) => {
      const { kind, name: whom } = granteeOf(value);
      const isDefault = whom === "default" || /^system:serviceaccount:[^:]+:default$/.test(whom);
      if (!isDefault || (kind !== "ServiceAccount" && whom === "default")) return;
      return { message: `${name} is for every pod of a namespace that names no account`, path: [] };
    },
  },
  examples: {
    good: [binding("{ kind: ServiceAccount, name: katib-controller, namespace: kubeflow }")],
    bad: {
      everybody: binding("{ kind: Group, name: system:authenticated }"),
      masters: binding("{ kind: Group, name: system:masters }"),
      defaultAccount: binding("{ kind: ServiceAccount, name: default, namespace: kubeflow }"),
    },
  },
});

function binding(subject: string): string {
  return `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: katib }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: katib-controller }
subjects:
  - ${subject}
`;
}
