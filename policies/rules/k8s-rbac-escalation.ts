import { z } from "zod";
import { gives, isLimitedToNames, permissions, type GrantSubject, type Power } from "../kubernetes/rbac.ts";
import { textsAt } from "../reading.ts";
import { type Check, resourceRule } from "../rule.ts";

type EscalationCheck = Check<GrantSubject, Record<string, never>>;

const RBAC = "rbac.authorization.k8s.io";

const BINDING: Power = { group: RBAC, resources: ["clusterroles", "roles"], verbs: ["bind"] };
const ESCALATING: Power = { group: RBAC, resources: ["clusterroles", "roles"], verbs: ["escalate"] };
const IMPERSONATING: readonly Power[] = [
  { group: "", resources: ["users", "groups", "serviceaccounts"], verbs: ["impersonate"] },
  { group: "authentication.k8s.io", resources: ["userextras", "uids"], verbs: ["impersonate"] },
];
const WEBHOOKS: Power = {
  group: "admissionregistration.k8s.io",
  resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
  verbs: ["create", "update", "patch"],
};
const APPROVING: Power = {
  group: "certificates.k8s.io",
  resources: ["certificatesigningrequests/approval"],
  verbs: ["update", "patch"],
};
const TOKENS: Power = { group: "", resources: ["serviceaccounts/token"], verbs: ["create"] };

export const rbacEscalation = resourceRule({
  id: "k8s-rbac-escalation",
  title: "No role lets its holder become somebody else or gain what it was not given",
  severity: "critical",
  why: "With one of these rights every other right is in reach, whatever the rest of the role says: by binding a stronger role, by speaking as a stronger user, or by changing what others send to the API server.",
  remediation: "Leave the right out, or limit it by resourceNames to the objects that the program changes.",
  url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks",
  frameworks: [
    { framework: "Trivy", id: "KSV-0043" },
    { framework: "Trivy", id: "KSV-0050" },
    { framework: "Trivy", id: "KSV-0114" },
    { framework: "Checkov", id: "CKV_K8S_155" },
    { framework: "Checkov", id: "CKV_K8S_156" },
    { framework: "Checkov", id: "CKV_K8S_157" },
    { framework: "Checkov", id: "CKV_K8S_158" },
    { framework: "Checkov", id: "CKV2_K8S_3" },
    { framework: "Kubescape", id: "C-0191" },
    { framework: "Kubescape", id: "C-0280" },
    { framework: "Kubescape", id: "C-0281" },
    { framework: "Kubescape", id: "C-0282" },
    { framework: "CIS EKS", id: "4.1.8" },
  ],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({}),
  subjects: permissions,
  checks: {
    bind: ({ value, name }) => {
      if (!gives(value, BINDING)) return;
      const names = textsAt(value, "resourceNames");
      const isLimited =
        names.length > 0 && !names.some((role) => role === "cluster-admin" || role.startsWith("system:"));
      return isLimited ? undefined : { message: `${name} may give anybody any role`, path: [] };
    },
    escalate: gain([ESCALATING], "may write rights into roles that it does not have"),
    impersonate: gain(IMPERSONATING, "may speak to the API server as somebody else"),
    webhooks: ({ value, name }) => {
      if (!gives(value, WEBHOOKS) || isLimitedToNames(value)) return;
      return { message: `${name} may have every request to the API server sent to a program of its own`, path: [] };
    },
    certificates: gain([APPROVING], "may approve certificates that name other users"),
    tokens: gain([TOKENS], "may make tokens of other accounts"),
  },
  examples: {
    good: [
      role(`{ apiGroups: [${RBAC}], resources: [clusterroles], resourceNames: [kubeflow-edit], verbs: [bind] }`),
      role(
        "{ apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], resourceNames: [istio-sidecar-injector], verbs: [get, patch] }",
      ),
    ],
    bad: {
      bind: role(`{ apiGroups: [${RBAC}], resources: [clusterroles], verbs: [bind] }`),
      escalate: role(`{ apiGroups: [${RBAC}], resources: [clusterroles], verbs: [get, escalate] }`),
      impersonate: role('{ apiGroups: [""], resources: [users, groups], verbs: [impersonate] }'),
      webhooks: role(
        "{ apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations], verbs: [create, update] }",
      ),
      certificates: role(
        "{ apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [update] }",
      ),
      tokens: role('{ apiGroups: [""], resources: [serviceaccounts/token], verbs: [create] }'),
    },
  },
});

function gain(powers: readonly Power[], what: string): EscalationCheck {
  return ({ value, name }) => {
    if (!powers.some((power) => gives(value, power)) || isLimitedToNames(value)) return;
    return { message: `${name} ${what}`, path: [] };
  };
}

function role(rule: string): string {
  return `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: controller }
rules:
  - ${rule}
`;
}
