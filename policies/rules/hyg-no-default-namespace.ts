import { z } from "zod";
import { HYGIENE } from "../hygiene.ts";
import { examplePod } from "../kubernetes/example-pod.ts";
import { isWorkload } from "../kubernetes/ownership.ts";
import { at } from "../reading.ts";
import type { KubernetesSubject } from "../resource.ts";
import { resourceRule } from "../rule.ts";

const KINDS: ReadonlySet<string> = new Set([
  ...["Notebook", "InferenceService", "PyTorchJob", "TFJob", "MPIJob", "XGBoostJob", "Experiment", "Workflow"],
]);

export const noDefaultNamespace = resourceRule({
  id: "hyg-no-default-namespace",
  title: "Nothing runs in the namespace default",
  severity: "low",
  why: "The namespace belongs to nobody: it has no quota, no policy and no owner, and what lands there is usually what somebody forgot to place.",
  remediation: "Say in metadata.namespace where the object belongs.",
  url: "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
  frameworks: [
    { framework: "Trivy", id: "KSV-0110" },
    { framework: "Checkov", id: "CKV_K8S_21" },
    { framework: "Kubescape", id: "C-0061" },
  ],
  levels: HYGIENE,
  parameters: z.strictObject({}),
  subjects: ({ objects }) => objects.filter((object) => isWorkload(object) || KINDS.has(object.kind)),
  checks: {
    namespace: ({ value, name }: KubernetesSubject) => {
      const namespace = at(value, "metadata", "namespace");
      if (namespace !== undefined && namespace !== "default" && namespace !== "") return;
      return { message: `${name} is in the namespace default`, path: ["metadata", "namespace"] };
    },
  },
  examples: {
    good: [examplePod({ metadata: "namespace: alice" })],
    bad: { namespace: examplePod({ metadata: "namespace: default" }) },
  },
});
