import {
  isWhole,
  podSecurityCheck,
  podSecurityParameters,
  podSecurityRemediation,
  podSecuritySubjects,
} from "../kubernetes/pod-security/rule.ts";
import { at } from "../reading.ts";
import { resourceRule } from "../rule.ts";

export const seccomp = resourceRule({
  id: "k8s-pss-seccomp",
  title: "Every container has a seccomp profile",
  severity: "medium",
  why: "Without a profile a container may make every call that the kernel has, and most ways out of containers use calls that no ordinary program needs.",
  remediation: "Set securityContext.seccompProfile of the pod to type: RuntimeDefault.",
  url: "https://kubernetes.io/docs/tutorials/security/seccomp/",
  frameworks: [
    { framework: "Pod Security Standards", id: "restricted" },
    { framework: "Trivy", id: "KSV-0104" },
    { framework: "Checkov", id: "CKV_K8S_31" },
    { framework: "Kubescape", id: "C-0210" },
  ],
  levels: { dev: "remediate", prod: "mandatory", airgapped: "mandatory" },
  parameters: podSecurityParameters,
  subjects: (resource, parameters) => podSecuritySubjects("restricted")(resource, parameters).filter(isWhole),
  checks: { seccompProfile_restricted: podSecurityCheck("seccompProfile_restricted") },
  // Of the container: not everything that makes pods takes a profile for all of a pod.
  remediate: (resource, parameters) =>
    podSecurityRemediation("seccompProfile_restricted", resource, parameters, {
      path: ["securityContext", "seccompProfile"],
      value: { type: "RuntimeDefault" },
      unless: ({ value }) => at(value, "securityContext", "seccompProfile") !== undefined,
    }),
  examples: {
    good: [
      `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  securityContext: { seccompProfile: { type: RuntimeDefault } }
  containers: [{ name: main, image: python:3.12 }]
`,
    ],
    bad: {
      seccompProfile_restricted: `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: python:3.12 }]
`,
    },
  },
});
