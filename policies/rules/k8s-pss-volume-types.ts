import { podSecurityCheck, podSecurityParameters, podSecuritySubjects } from "../kubernetes/pod-security/rule.ts";
import { resourceRule } from "../rule.ts";

export const volumeTypes = resourceRule({
  id: "k8s-pss-volume-types",
  title: "Pods mount only volumes that the cluster keeps apart for them",
  severity: "medium",
  why: "Other types reach past the cluster's own access control: into the folders of the node, or to a file server with the credentials of the node.",
  remediation: "Use a PersistentVolumeClaim, an emptyDir, or a ConfigMap, Secret or projected volume.",
  url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
  frameworks: [
    { framework: "Pod Security Standards", id: "restricted" },
    { framework: "Trivy", id: "KSV-0028" },
    { framework: "Kubescape", id: "C-0203" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: podSecurityParameters,
  subjects: podSecuritySubjects("restricted"),
  checks: { restrictedVolumes: podSecurityCheck("restrictedVolumes") },
  examples: {
    good: [
      `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: python:3.12 }]
  volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
`,
    ],
    bad: {
      restrictedVolumes: `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: python:3.12 }]
  volumes: [{ name: data, nfs: { server: files.example.org, path: /data } }]
`,
    },
  },
});
