import { z } from "zod";
import { HYGIENE } from "../hygiene.ts";
import { containers } from "../kubernetes/pod-templates.ts";
import { isTrue } from "../reading.ts";
import { resourceRule } from "../rule.ts";

export const readonlyRootfs = resourceRule({
  id: "hyg-readonly-rootfs",
  title: "Containers do not write into their own image",
  severity: "low",
  why: "Where a program can change the files that it is made of, so can whoever finds a flaw in it; and what it writes there fills the disk of the node and is lost with the pod.",
  remediation: "Set securityContext.readOnlyRootFilesystem: true, and mount an emptyDir where the program writes.",
  url: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
  frameworks: [
    { framework: "Trivy", id: "KSV-0014" },
    { framework: "Checkov", id: "CKV_K8S_22" },
    { framework: "Kubescape", id: "C-0017" },
  ],
  levels: HYGIENE,
  parameters: z.strictObject({}),
  subjects: (resource) => containers(resource).filter(({ object }) => !object.isPatch),
  checks: {
    writable: ({ value, name }) => {
      const path = ["securityContext", "readOnlyRootFilesystem"];
      return isTrue(value, ...path) ? undefined : { message: `${name} can write into its image`, path };
    },
  },
  examples: {
    good: [
      `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: python:3.12, securityContext: { readOnlyRootFilesystem: true } }]
`,
    ],
    bad: {
      writable: `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: python:3.12 }]
`,
    },
  },
});
