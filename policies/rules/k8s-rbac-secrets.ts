import { z } from "zod";
import { gives, isLimitedToNames, permissions, type Power } from "../kubernetes/rbac.ts";
import { resourceRule } from "../rule.ts";

const READING: Power = { group: "", resources: ["secrets"], verbs: ["get", "list", "watch"] };

export const rbacSecrets = resourceRule({
  id: "k8s-rbac-secrets",
  title: "No role reads all Secrets",
  severity: "critical",
  why: "The Secrets of a namespace hold its passwords and tokens; a role that reads those of all namespaces is as good as the role of every program and user whose token is among them.",
  remediation: "Limit the rule to resourceNames, or give it by a Role in the namespaces that need it.",
  url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#listing-secrets",
  frameworks: [
    { framework: "Trivy", id: "KSV-0041" },
    { framework: "Trivy", id: "KSV-0113" },
    { framework: "Checkov", id: "CKV2_K8S_5" },
    { framework: "Kubescape", id: "C-0015" },
    { framework: "Kubescape", id: "C-0186" },
    { framework: "CIS EKS", id: "4.1.2" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  checkLevels: { namespace: { dev: "advisory", prod: "advisory", airgapped: "advisory" } },
  parameters: z.strictObject({}),
  subjects: permissions,
  checks: {
    cluster: ({ object, value, name }) => {
      if (object.kind !== "ClusterRole" || !gives(value, READING) || isLimitedToNames(value)) return;
      return { message: `${name} reads the Secrets of all namespaces that it is bound in`, path: [] };
    },
    namespace: ({ object, value, name }) => {
      if (object.kind !== "Role" || !gives(value, READING) || isLimitedToNames(value)) return;
      return { message: `${name} reads all Secrets of its namespace`, path: [] };
    },
  },
  examples: {
    good: [
      `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: ml-pipeline-ui, namespace: kubeflow }
rules:
  - { apiGroups: [""], resources: [secrets], resourceNames: [mlpipeline-minio-artifact], verbs: [get] }
`,
    ],
    bad: {
      cluster: `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: ml-pipeline-ui }
rules:
  - { apiGroups: [""], resources: [secrets], verbs: [get, list] }
`,
      namespace: `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: ml-pipeline-ui, namespace: kubeflow }
rules:
  - { apiGroups: [""], resources: ["*"], verbs: [get] }
`,
    },
  },
});
