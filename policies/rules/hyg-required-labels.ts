import { z } from "zod";
import { HYGIENE } from "../hygiene.ts";
import { isWorkload } from "../kubernetes/ownership.ts";
import { at } from "../reading.ts";
import { resourceRule } from "../rule.ts";

export const requiredLabels = resourceRule({
  id: "hyg-required-labels",
  title: "Workloads say what they are part of",
  severity: "low",
  why: "Costs, alerts and clean-ups go by labels; what has none is nobody's.",
  remediation: "Add the labels to metadata.labels of the object.",
  url: "https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/",
  frameworks: [
    { framework: "Kubescape", id: "C-0076" },
    { framework: "Kyverno", id: "require-labels" },
    { framework: "Gatekeeper", id: "K8sRequiredLabels" },
  ],
  levels: HYGIENE,
  parameters: z.strictObject({
    labels: z.array(z.string()).default(["app.kubernetes.io/name"]).describe("Labels that every workload must have"),
  }),
  subjects: ({ objects }) => objects.filter((object) => isWorkload(object) && !object.isPatch),
  checks: {
    labels: ({ value, name }, { parameters: { labels } }) => {
      const missing = labels.filter((label) => at(value, "metadata", "labels", label) === undefined);
      if (missing.length === 0) return;
      return { message: `${name} lacks the labels ${missing.join(", ")}`, path: ["metadata", "labels"] };
    },
  },
  examples: {
    good: [deployment("app.kubernetes.io/name: mysql")],
    bad: { labels: deployment("app: mysql") },
  },
});

function deployment(label: string): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: mysql, namespace: kubeflow, labels: { ${label} } }
`;
}
