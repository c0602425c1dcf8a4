import type { IntoProfiles } from "../../network/flows.ts";

/** What the platform connects to in the namespaces of profiles; a row for an absent workload is idle. */
export const intoProfiles181: readonly IntoProfiles[] = [
  {
    from: ["istio-system/istio-ingressgateway"],
    ports: "all",
    why: "notebooks, TensorBoards, volume viewers and models, on ports that their users choose",
    evidence: "VirtualServices of kubeflow/kubeflow v1.8.0 notebook-, tensorboard- and pvcviewer-controller; net-istio",
  },
  {
    from: ["istio-system/cluster-local-gateway", "knative-serving/activator"],
    ports: [8012, 8013, 8112],
    why: "requests for models, and whether one answers",
    evidence: "knative/serving 1.10 pkg/networking/constants.go: ports of queue-proxy",
  },
  {
    from: ["knative-serving/autoscaler"],
    ports: [9090],
    why: "numbers of requests in models",
    evidence: "knative/serving 1.10 pkg/networking/constants.go: AutoscalingQueueMetricsPort",
  },
  {
    from: ["kubeflow/ml-pipeline"],
    ports: [8888],
    why: "visualizations",
    evidence: "sync.py of the pipelines profile controller: AuthorizationPolicy ml-pipeline-visualizationserver",
  },
  {
    from: ["kubeflow/ml-pipeline-ui"],
    ports: [3000],
    why: "artifacts",
    evidence: "sync.py of the pipelines profile controller: Service ml-pipeline-ui-artifact",
  },
  {
    from: ["kubeflow/notebook-controller-deployment"],
    ports: [8888],
    why: "whether a notebook is idle",
    evidence: "kubeflow/kubeflow v1.8.0 notebook-controller culler; AuthorizationPolicy ns-owner-access-istio",
  },
  {
    from: ["kubeflow/katib-controller"],
    ports: [6788, 6789],
    why: "suggestions and early stopping",
    evidence: "kubeflow/katib v0.16.0 pkg/controller.v1beta1/consts: DefaultSuggestionPort, DefaultEarlyStoppingPort",
  },
];
