import { z } from "zod";
import { firstOf } from "../kubernetes/decide.ts";
import { hasIn, isOfProfile, profileNameOf, profilesOf } from "../kubernetes/profiles.ts";
import { at, entriesAt, listAt, textAt, textsAt } from "../reading.ts";
import type { KubernetesSubject } from "../resource.ts";
import { stackRule } from "../rule.ts";

const KINDS = ["NetworkPolicy", "ResourceQuota", "LimitRange", "RoleBinding", "AuthorizationPolicy"] as const;

/** Roles of the platform for people in a profile; bound there, none reaches beyond it. */
const ROLES = ["kubeflow-admin", "kubeflow-edit", "kubeflow-view"];

export const profileIsolation = stackRule({
  id: "ml-profile-isolation",
  title: "Every profile is closed to the others, and has an end to what it takes",
  severity: "high",
  why: "Without network policies and limits of its own a profile is a folder: another team reads and deletes what is in it, and one notebook takes the memory that all others were given.",
  remediation:
    "Make profiles by the setting profiles, which puts all of it into their namespaces before anything starts there.",
  url: "https://www.kubeflow.org/docs/components/central-dash/profiles/",
  frameworks: [
    { framework: "Trivy", id: "KSV-0039" },
    { framework: "Trivy", id: "KSV-0040" },
    { framework: "Kyverno", id: "add-ns-quota" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    required: z
      .array(z.enum(KINDS))
      .default(["NetworkPolicy", "ResourceQuota", "LimitRange"])
      .describe("Kinds that the namespace of a profile must have; the profile controller adds bindings for its owner"),
    roles: z.array(z.string()).default(ROLES).describe("ClusterRoles that may be bound there"),
  }),
  subjects: (stack) => [...profilesOf(stack), ...stack.objectsOf("ResourceQuota"), ...stack.objectsOf("RoleBinding")],
  checks: {
    kinds: (subject, { stack, parameters: { required } }) => {
      const profile = profileIn(subject);
      if (profile === undefined) return;
      const missing = required.filter((kind) => {
        // The older way to set a quota.
        if (kind === "ResourceQuota" && at(subject.value, "spec", "resourceQuotaSpec", "hard") !== undefined)
          return false;
        return !hasIn(stack, kind, profile);
      });
      if (missing.length === 0) return;
      const lacks = missing.map((kind) => `no ${kind}`).join(", ");
      const message = `the profile ${profile} has ${lacks}; another team can reach what is in it or take its share`;
      return { message, path: [] };
    },
    defaultDeny: (subject, { stack, parameters: { required } }) => {
      const profile = profileIn(subject);
      if (profile === undefined || !required.includes("NetworkPolicy")) return;
      if (!hasIn(stack, "NetworkPolicy", profile) || hasIn(stack, "NetworkPolicy", profile, isDefaultDeny)) return;
      return { message: `the profile ${profile} has network policies that leave some of its pods open`, path: [] };
    },
    /** Whoever may do something in all namespaces is in every profile. */
    owner: (subject, { stack }) => {
      const profile = profileIn(subject);
      const path = ["spec", "owner", "name"];
      const owner = profile === undefined ? undefined : textAt(subject.value, ...path);
      if (profile === undefined || owner === undefined) return;
      const bound = firstOf(stack.objectsOf("ClusterRoleBinding"), ({ value }) => binds(value, owner));
      if (bound === undefined) return;
      return { message: `the owner of the profile ${profile} has rights in all namespaces by ${bound.name}`, path };
    },
    quota: ({ kind, value, name }, { stack }) => {
      if (kind !== "ResourceQuota" || !isOfProfile(textAt(value, "metadata", "namespace"), stack)) return;
      if (entriesAt(value, "spec", "hard").length > 0) return;
      return { message: `${name} limits nothing`, path: ["spec", "hard"] };
    },
    binding: ({ kind, value, name }, { stack, parameters: { roles } }) => {
      if (kind !== "RoleBinding" || !isOfProfile(textAt(value, "metadata", "namespace"), stack)) return;
      const role = textAt(value, "roleRef", "name") ?? "";
      if (textAt(value, "roleRef", "kind") === "Role" || roles.includes(role)) return;
      return { message: `${name} gives ${role}, which is no role for people in a profile`, path: ["roleRef", "name"] };
    },
  },
  examples: {
    good: [[profile(), ...["NetworkPolicy", "ResourceQuota", "LimitRange"].map((kind) => bound(kind))].join("---")],
    bad: {
      kinds: profile(),
      defaultDeny: [
        profile(),
        bound("NetworkPolicy").replace("podSelector: {}", "podSelector: { matchLabels: { app: a } }"),
      ].join("---"),
      quota: [profile(), bound("ResourceQuota").replace('{ requests.cpu: "8" }', "{}")].join("---"),
      binding: [
        profile(),
        `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: bob, namespace: alice }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: User, name: bob@example.org }]
`,
      ].join("---"),
      owner: [
        profile(),
        `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: alice }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kubeflow-edit }
subjects: [{ kind: User, name: alice@example.org }]
`,
      ].join("---"),
    },
  },
});

/** The profile that a subject stands for; a quota or a binding stands for none. */
function profileIn(subject: KubernetesSubject): string | undefined {
  return subject.kind === "Profile" || subject.kind === "Namespace" ? profileNameOf(subject) : undefined;
}

function binds(binding: unknown, user: string): boolean {
  return listAt(binding, "subjects").some(
    (subject) => textAt(subject, "kind") === "User" && textAt(subject, "name") === user,
  );
}

function isDefaultDeny({ value }: KubernetesSubject): boolean {
  const selector = at(value, "spec", "podSelector");
  const isForAll = entriesAt(selector, "matchLabels").length === 0 && listAt(selector, "matchExpressions").length === 0;
  const types = textsAt(value, "spec", "policyTypes");
  return isForAll && (types.length === 0 || types.includes("Ingress")) && !isOpen(value);
}

/** A rule without peers admits everybody. */
function isOpen(value: unknown): boolean {
  return listAt(value, "spec", "ingress").some((rule) => listAt(rule, "from").length === 0);
}

function profile(): string {
  return `
apiVersion: kubeflow.org/v1
kind: Profile
metadata: { name: alice }
spec: { owner: { kind: User, name: alice@example.org } }
`;
}

function bound(kind: string): string {
  const specs: Readonly<Record<string, string>> = {
    NetworkPolicy: "{ podSelector: {}, policyTypes: [Ingress, Egress] }",
    ResourceQuota: '{ hard: { requests.cpu: "8" } }',
    LimitRange: "{ limits: [{ type: Container, default: { memory: 1Gi } }] }",
  };
  return `
apiVersion: ${kind === "NetworkPolicy" ? "networking.k8s.io/v1" : "v1"}
kind: ${kind}
metadata: { name: profile, namespace: alice }
spec: ${specs[kind] ?? "{}"}
`;
}
