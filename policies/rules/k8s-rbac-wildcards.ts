import { z } from "zod";
import { permissions } from "../kubernetes/rbac.ts";
import { textsAt } from "../reading.ts";
import { resourceRule, type Violation } from "../rule.ts";

const BUILT_IN = [
  ...["", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps"],
  ...["authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io"],
  ...["coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io"],
  ...["networking.k8s.io", "node.k8s.io", "policy", "rbac.authorization.k8s.io", "resource.k8s.io"],
  ...["scheduling.k8s.io", "storage.k8s.io"],
];

export const rbacWildcards = resourceRule({
  id: "k8s-rbac-wildcards",
  title: "No role gives everything of the cluster's own kinds",
  severity: "critical",
  why: "A wildcard gives what nobody had in mind: `*` in the core group holds the Secrets of every user and the right to start pods as anybody, and grows with every version of Kubernetes.",
  remediation:
    "Name the resources and verbs that the program calls (components/kubeflow/releases/1.8.1/privileges/index.ts).",
  url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
  frameworks: [
    { framework: "Trivy", id: "KSV-0044" },
    { framework: "Trivy", id: "KSV-0045" },
    { framework: "Trivy", id: "KSV-0046" },
    { framework: "Checkov", id: "CKV_K8S_49" },
    { framework: "Kubescape", id: "C-0187" },
    { framework: "CIS EKS", id: "4.1.3" },
  ],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  checkLevels: { ownGroup: { dev: "advisory", prod: "advisory", airgapped: "advisory" } },
  parameters: z.strictObject({
    groups: z.array(z.string()).default(BUILT_IN).describe('API groups of which nothing may be given by "*"'),
  }),
  subjects: permissions,
  checks: {
    builtIn: ({ value, name }, { parameters: { groups } }) => {
      const wide = wildcardOf(value);
      if (wide === undefined) return;
      const held = textsAt(value, "apiGroups").filter((group) => group === "*" || groups.includes(group));
      if (held.length === 0) return;
      const [group = ""] = held;
      return { ...wide, message: `${name} gives ${wide.message} of ${group === "" ? "the core group" : group}` };
    },
    ownGroup: ({ value, name }, { parameters: { groups } }) => {
      const wide = wildcardOf(value);
      if (wide === undefined) return;
      const own = textsAt(value, "apiGroups").filter((group) => group !== "*" && !groups.includes(group));
      if (own.length === 0) return;
      return { ...wide, message: `${name} gives ${wide.message} of ${own.join(", ")}` };
    },
    urls: ({ value, name }) => {
      if (!textsAt(value, "nonResourceURLs").some((url) => url === "*" || url === "/*")) return;
      return { message: `${name} gives every path of the API server`, path: ["nonResourceURLs"] };
    },
  },
  examples: {
    good: [
      `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: notebook-controller-role }
rules:
  - { apiGroups: [apps], resources: [statefulsets], verbs: [get, list, watch, create, update] }
`,
    ],
    bad: {
      builtIn: `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: notebook-controller-role }
rules:
  - { apiGroups: [apps], resources: [statefulsets], verbs: ["*"] }
`,
      ownGroup: `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: notebook-controller-role }
rules:
  - { apiGroups: [kubeflow.org], resources: ["*"], verbs: [get, list, watch] }
`,
      urls: `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: prober }
rules:
  - { nonResourceURLs: ["*"], verbs: [get] }
`,
    },
  },
});

function wildcardOf(rule: unknown): Violation | undefined {
  if (textsAt(rule, "resources").includes("*")) return { message: "all resources", path: ["resources"] };
  if (!textsAt(rule, "verbs").includes("*")) return undefined;
  // There is no more to do with a status than to read and write it.
  const isOfStatus = textsAt(rule, "resources").every((resource) => resource.endsWith("/status"));
  return isOfStatus ? undefined : { message: "all verbs", path: ["verbs"] };
}
