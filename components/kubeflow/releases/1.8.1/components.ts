import type { ComponentTable } from "../../selection/components.ts";

/**
 * What of v1.8.1 can be left out, and what it needs of the rest. Needs are those that its programs fail without; that
 * Katib starts without the kinds of the Training Operator is in its pkg/controller.v1beta1/trial (it logs, and goes on).
 */
export const components181 = {
  "knative-serving": { byDefault: true, needs: {} },
  // Half installed as shipped: its default broker needs a channel that the release does not have.
  "knative-eventing": { byDefault: false, needs: {} },
  kserve: {
    byDefault: true,
    needs: { "knative-serving": "models run as Knative Services" },
    profileLabels: ["serving.kubeflow.org/inferenceservice"],
  },
  "models-web-app": { byDefault: true, needs: { kserve: "its pages list InferenceServices" } },
  pipelines: { byDefault: true, needs: {}, profileLabels: ["pipelines.kubeflow.org/enabled"] },
  katib: { byDefault: true, needs: {}, profileLabels: ["katib.kubeflow.org/metrics-collector-injection"] },
  "training-operator": { byDefault: true, needs: {} },
  "pod-defaults": { byDefault: true, needs: {} },
  notebooks: { byDefault: true, needs: { "pod-defaults": "the form of a new notebook lists PodDefaults" } },
  tensorboards: { byDefault: true, needs: { "pod-defaults": "the form of a new TensorBoard lists PodDefaults" } },
  volumes: { byDefault: true, needs: { notebooks: "the page lists the notebooks that use each volume" } },
  dashboard: { byDefault: true, needs: {} },
} as const satisfies ComponentTable;

/** Where the dashboard's links are. */
export const dashboardLinks181 = "ConfigMap kubeflow/centraldashboard-config";
