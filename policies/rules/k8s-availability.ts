import { z } from "zod";
import { at, numberAt, textAt } from "../reading.ts";
import type { KubernetesSubject } from "../resource.ts";
import { resourceRule } from "../rule.ts";
import { ofKind } from "../subjects.ts";

export const availability = resourceRule({
  id: "k8s-availability",
  title: "What everything else waits for survives the loss of a node",
  severity: "low",
  why: "With one replica of a gateway or an admission webhook, the platform is down while a node is drained; with a disruption budget that allows nothing, the node can never be drained.",
  remediation: "Run two replicas of it, and let its PodDisruptionBudget allow at least one pod to go.",
  url: "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
  frameworks: [
    { framework: "Polaris", id: "deploymentMissingReplicas" },
    { framework: "Polaris", id: "pdbDisruptionsIsZero" },
    { framework: "kube-score", id: "deployment-has-poddisruptionbudget" },
    { framework: "Kubescape", id: "C-0076" },
  ],
  levels: { dev: "disabled", prod: "advisory", airgapped: "advisory" },
  parameters: z.strictObject({
    tiers: z
      .record(z.string(), z.int().min(1))
      .default({
        "auth/dex": 2,
        "cert-manager/cert-manager-webhook": 2,
        "istio-system/authservice": 2,
        "istio-system/cluster-local-gateway": 2,
        "istio-system/istio-ingressgateway": 2,
        "istio-system/istiod": 2,
        "knative-serving/activator": 2,
        "knative-serving/webhook": 2,
        "kubeflow/admission-webhook-deployment": 2,
        "kubeflow/centraldashboard": 2,
      })
      .describe("The least replicas of workloads (namespace/name) that others wait for"),
  }),
  subjects: ofKind("Deployment", "StatefulSet", "HorizontalPodAutoscaler", "PodDisruptionBudget"),
  checks: {
    replicas: ({ kind, value, name }, { parameters: { tiers } }) => {
      if (kind !== "Deployment" && kind !== "StatefulSet") return;
      return tooFew(
        tiers[keyOf(value, "metadata", "name")],
        numberAt(value, "spec", "replicas") ?? 1,
        name,
        "replicas",
      );
    },
    autoscaler: ({ kind, value, name }, { parameters: { tiers } }) => {
      if (kind !== "HorizontalPodAutoscaler") return;
      return tooFew(
        tiers[keyOf(value, "spec", "scaleTargetRef", "name")],
        numberAt(value, "spec", "minReplicas") ?? 1,
        name,
        "minReplicas",
      );
    },
    budget: ({ kind, value, name }) => {
      if (kind !== "PodDisruptionBudget") return;
      const field = ["maxUnavailable", "minAvailable"].find((limit) => forbidsAll(limit, at(value, "spec", limit)));
      if (field === undefined) return;
      return { message: `${name} lets no pod go, so its nodes can never be drained`, path: ["spec", field] };
    },
  },
  examples: {
    good: [
      deployment(2),
      `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: istio-ingressgateway, namespace: istio-system }
spec: { maxUnavailable: 1 }
`,
    ],
    bad: {
      replicas: deployment(1),
      autoscaler: `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: istio-ingressgateway, namespace: istio-system }
spec: { minReplicas: 1, maxReplicas: 5, scaleTargetRef: { kind: Deployment, name: istio-ingressgateway } }
`,
      budget: `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: istio-ingressgateway, namespace: istio-system }
spec: { minAvailable: 100% }
`,
    },
  },
});

/** `namespace/name` of the workload that stands at a path. */
function keyOf(object: unknown, ...path: readonly string[]): string {
  return `${textAt(object, "metadata", "namespace") ?? "default"}/${textAt(object, ...path) ?? ""}`;
}

function tooFew(wanted: number | undefined, replicas: number, name: KubernetesSubject["name"], field: string) {
  if (wanted === undefined || replicas >= wanted) return undefined;
  return { message: `${name} runs ${replicas} of at least ${wanted}`, path: ["spec", field] };
}

function forbidsAll(field: string, value: unknown): boolean {
  return field === "maxUnavailable" ? value === 0 || value === "0" || value === "0%" : value === "100%";
}

function deployment(replicas: number): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: istio-ingressgateway, namespace: istio-system }
spec: { replicas: ${replicas} }
`;
}
