import { z } from "zod";
import { bindings } from "../kubernetes/rbac.ts";
import { textAt } from "../reading.ts";
import { resourceRule } from "../rule.ts";

export const rbacClusterAdmin = resourceRule({
  id: "k8s-rbac-cluster-admin",
  title: "Nothing is bound to cluster-admin",
  severity: "high",
  why: "Whoever takes over one pod of the account that is bound owns the whole cluster, its Secrets and its nodes.",
  remediation:
    "Bind a role with the permissions that the program uses (regrants in components/kubeflow/releases/1.8.1/privileges/index.ts).",
  url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
  frameworks: [
    { framework: "Trivy", id: "KSV-0111" },
    { framework: "Kubescape", id: "C-0185" },
    { framework: "CIS EKS", id: "4.1.1" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    roles: z.array(z.string()).default(["cluster-admin"]).describe("ClusterRoles that nothing may be bound to"),
  }),
  subjects: bindings,
  checks: {
    role: ({ value, name }, { parameters: { roles } }) => {
      const role = textAt(value, "roleRef", "name");
      if (role === undefined || !roles.includes(role) || textAt(value, "roleRef", "kind") === "Role") return;
      return { message: `${name} makes its subjects ${role}`, path: ["roleRef"] };
    },
  },
  examples: {
    good: [
      `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: profiles }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kubeflow-profiles-controller }
subjects: [{ kind: ServiceAccount, name: profiles-controller-service-account, namespace: kubeflow }]
`,
    ],
    bad: {
      role: `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: profiles }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: ServiceAccount, name: profiles-controller-service-account, namespace: kubeflow }]
`,
    },
  },
});
