import {
  isWhole,
  podSecurityCheck,
  podSecurityParameters,
  podSecuritySubjects,
} from "../kubernetes/pod-security/rule.ts";
import { resourceRule } from "../rule.ts";

export const runAsNonRoot = resourceRule({
  id: "k8s-pss-run-as-non-root",
  title: "No container runs as root",
  severity: "high",
  why: "Root in a container is root of its node as soon as anything lets it out, and can write to every volume that the pod mounts.",
  remediation:
    "Set securityContext.runAsNonRoot to true and runAsUser to a user of the image (components/kubeflow/releases/1.8.1/users.ts for the platform's own).",
  url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
  frameworks: [
    { framework: "Pod Security Standards", id: "restricted" },
    { framework: "Trivy", id: "KSV-0012" },
    { framework: "Checkov", id: "CKV_K8S_23" },
    { framework: "Kubescape", id: "C-0013" },
    { framework: "CIS EKS", id: "4.2.6" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: podSecurityParameters,
  subjects: (resource, parameters) => podSecuritySubjects("restricted")(resource, parameters).filter(isWhole),
  checks: { runAsNonRoot: podSecurityCheck("runAsNonRoot"), runAsUser: podSecurityCheck("runAsUser") },
  examples: {
    good: [
      `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  securityContext: { runAsNonRoot: true, runAsUser: 1000 }
  containers: [{ name: main, image: python:3.12 }]
`,
    ],
    bad: {
      runAsNonRoot: `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: python:3.12 }]
`,
      runAsUser: `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: python:3.12, securityContext: { runAsNonRoot: true, runAsUser: 0 } }]
`,
    },
  },
});
