import { z } from "zod";
import { HYGIENE } from "../hygiene.ts";
import { at, listAt } from "../reading.ts";
import { resourceRule } from "../rule.ts";
import { ofKind } from "../subjects.ts";

export const noBarePods = resourceRule({
  id: "hyg-no-bare-pods",
  title: "Pods are made by something that replaces them",
  severity: "low",
  why: "A pod of its own is gone when its node is: nothing starts it again elsewhere.",
  remediation: "Make it a Deployment, a StatefulSet or a Job.",
  url: "https://kubernetes.io/docs/concepts/workloads/pods/#working-with-pods",
  frameworks: [
    { framework: "Kubescape", id: "C-0073" },
    { framework: "Kyverno", id: "require-pod-controller" },
    { framework: "kube-score", id: "pod-is-naked" },
  ],
  levels: HYGIENE,
  parameters: z.strictObject({}),
  subjects: ofKind("Pod", "ReplicaSet"),
  checks: {
    owner: ({ value, name }) => {
      if (listAt(value, "metadata", "ownerReferences").some((owner) => at(owner, "kind") !== undefined)) return;
      return { message: `${name} belongs to nothing that would start it again or replace it`, path: ["kind"] };
    },
  },
  examples: {
    good: [
      `
apiVersion: batch/v1
kind: Job
metadata: { name: train, namespace: alice }
spec: { template: { spec: { containers: [{ name: main, image: python:3.12 }] } } }
`,
    ],
    bad: {
      owner: `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: python:3.12 }]
`,
    },
  },
});
