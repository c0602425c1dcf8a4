import {
  isWhole,
  podSecurityCheck,
  podSecurityParameters,
  podSecurityRemediation,
  podSecuritySubjects,
} from "../kubernetes/pod-security/rule.ts";
import { resourceRule } from "../rule.ts";

export const dropCapabilities = resourceRule({
  id: "k8s-pss-drop-capabilities",
  title: "Every container drops all capabilities",
  severity: "high",
  why: "By default a container may forge network packets, change the owner of files and more; no program of a machine learning platform needs any of it.",
  remediation: "Set securityContext.capabilities of the container to drop: [ALL], and add at most NET_BIND_SERVICE.",
  url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
  frameworks: [
    { framework: "Pod Security Standards", id: "restricted" },
    { framework: "Trivy", id: "KSV-0106" },
    { framework: "Checkov", id: "CKV_K8S_37" },
    { framework: "Kubescape", id: "C-0046" },
    { framework: "CIS EKS", id: "4.2.9" },
  ],
  levels: { dev: "remediate", prod: "mandatory", airgapped: "mandatory" },
  parameters: podSecurityParameters,
  subjects: (resource, parameters) => podSecuritySubjects("restricted")(resource, parameters).filter(isWhole),
  checks: { capabilities_restricted: podSecurityCheck("capabilities_restricted") },
  remediate: (resource, parameters) =>
    podSecurityRemediation("capabilities_restricted", resource, parameters, {
      path: ["securityContext", "capabilities", "drop"],
      value: ["ALL"],
    }),
  examples: {
    good: [
      `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers:
    - name: main
      image: python:3.12
      securityContext: { capabilities: { drop: [ALL], add: [NET_BIND_SERVICE] } }
`,
    ],
    bad: {
      capabilities_restricted: `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers:
    - name: main
      image: python:3.12
      securityContext: { capabilities: { drop: [NET_RAW] } }
`,
    },
  },
});
