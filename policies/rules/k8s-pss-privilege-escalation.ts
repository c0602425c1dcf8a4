import {
  isWhole,
  podSecurityCheck,
  podSecurityParameters,
  podSecurityRemediation,
  podSecuritySubjects,
} from "../kubernetes/pod-security/rule.ts";
import { isTrue, textsAt } from "../reading.ts";
import { resourceRule } from "../rule.ts";

export const privilegeEscalation = resourceRule({
  id: "k8s-pss-privilege-escalation",
  title: "No container can gain more privileges than it was started with",
  severity: "high",
  why: "A program with the setuid bit, or a flaw in one, makes a process root that was started as somebody else; every escape from a container that needs root begins there.",
  remediation: "Set securityContext.allowPrivilegeEscalation of the container to false.",
  url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
  frameworks: [
    { framework: "Pod Security Standards", id: "restricted" },
    { framework: "Trivy", id: "KSV-0001" },
    { framework: "Checkov", id: "CKV_K8S_20" },
    { framework: "Kubescape", id: "C-0016" },
    { framework: "CIS EKS", id: "4.2.5" },
  ],
  levels: { dev: "remediate", prod: "mandatory", airgapped: "mandatory" },
  parameters: podSecurityParameters,
  subjects: (resource, parameters) => podSecuritySubjects("restricted")(resource, parameters).filter(isWhole),
  checks: { allowPrivilegeEscalation: podSecurityCheck("allowPrivilegeEscalation") },
  remediate: (resource, parameters) =>
    podSecurityRemediation("allowPrivilegeEscalation", resource, parameters, {
      path: ["securityContext", "allowPrivilegeEscalation"],
      value: false,
      // Kubernetes takes neither of the two together with `false`.
      unless: ({ value }) =>
        isTrue(value, "securityContext", "privileged") ||
        textsAt(value, "securityContext", "capabilities", "add").some((name) => /^(CAP_)?SYS_ADMIN$/.test(name)),
    }),
  examples: {
    good: [
      `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: python:3.12, securityContext: { allowPrivilegeEscalation: false } }]
`,
    ],
    bad: {
      allowPrivilegeEscalation: `
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: { name: train, namespace: alice }
spec:
  pytorchReplicaSpecs:
    Worker:
      template:
        spec:
          containers: [{ name: pytorch, image: pytorch/pytorch:2.4.0 }]
`,
    },
  },
});
