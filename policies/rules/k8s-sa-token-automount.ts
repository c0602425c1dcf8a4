import { z } from "zod";
import { type PodTemplateSubject, podTemplates } from "../kubernetes/pod-templates.ts";
import { isFalse, isTrue, textAt } from "../reading.ts";
import type { KubernetesSubject } from "../resource.ts";
import { resourceRule } from "../rule.ts";

type AccountOrPod = KubernetesSubject | PodTemplateSubject;

export const tokenAutomount = resourceRule({
  id: "k8s-sa-token-automount",
  title: "Only pods that call the API server have a token for it",
  severity: "medium",
  why: "The token is in a file of every container of the pod; whoever can read files there, by a flaw or as the user of a notebook, can do what the account may.",
  remediation: "Set automountServiceAccountToken: false, and give pods that need a token an account of their own.",
  url: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
  frameworks: [
    { framework: "Trivy", id: "KSV-0036" },
    { framework: "Checkov", id: "CKV_K8S_38" },
    { framework: "Checkov", id: "CKV_K8S_41" },
    { framework: "Kubescape", id: "C-0034" },
    { framework: "Kubescape", id: "C-0190" },
    { framework: "CIS EKS", id: "4.1.6" },
  ],
  levels: { dev: "advisory", prod: "advisory", airgapped: "advisory" },
  parameters: z.strictObject({}),
  subjects: (resource): AccountOrPod[] => [
    ...resource.objects.filter(({ kind, group, isPatch }) => kind === "ServiceAccount" && group === "" && !isPatch),
    ...podTemplates(resource).filter(({ object }) => !object.isPatch),
  ],
  checks: {
    account: (subject) => {
      if (isPod(subject) || isFalse(subject.value, "automountServiceAccountToken")) return;
      return { message: `${subject.name} gives its token to every pod`, path: ["automountServiceAccountToken"] };
    },
    pod: (subject) => {
      if (!isPod(subject) || !isTrue(subject.value, "automountServiceAccountToken")) return;
      return {
        message: `${subject.name} asks for a token whatever its account says`,
        path: ["automountServiceAccountToken"],
      };
    },
    defaultAccount: (subject) => {
      if (!isPod(subject) || isFalse(subject.value, "automountServiceAccountToken")) return;
      const account = textAt(subject.value, "serviceAccountName") ?? textAt(subject.value, "serviceAccount");
      if ((account ?? "default") !== "default") return;
      return {
        message: `${subject.name} runs with the default account of its namespace and a token of it`,
        path: ["serviceAccountName"],
      };
    },
  },
  examples: {
    good: [
      `
apiVersion: v1
kind: ServiceAccount
metadata: { name: trainer, namespace: alice }
automountServiceAccountToken: false
---
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  serviceAccountName: trainer
  containers: [{ name: main, image: python:3.12 }]
`,
    ],
    bad: {
      account: `
apiVersion: v1
kind: ServiceAccount
metadata: { name: trainer, namespace: alice }
`,
      pod: `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  serviceAccountName: trainer
  automountServiceAccountToken: true
  containers: [{ name: main, image: python:3.12 }]
`,
      defaultAccount: `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: python:3.12 }]
`,
    },
  },
});

function isPod(subject: AccountOrPod): subject is PodTemplateSubject {
  return "containers" in subject;
}
