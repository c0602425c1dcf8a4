import type { ReleaseOutside } from "../../air-gap/index.ts";

/** What v1.8.1, with Pipelines 2.4.1 and Argo 3.4.17, asks of the world outside its cluster by itself. */
export const outside181: ReleaseOutside = {
  registryClients: [
    {
      workload: "Deployment.apps knative-serving/controller",
      container: "controller",
      why: "the digest that a tag has, of images in registries that are not left out",
      evidence: "knative/serving pkg/reconciler/revision/resolve.go: x509.SystemCertPool; knative/serving#13878",
    },
    {
      workload: "Deployment.apps kubeflow/workflow-controller",
      container: "workflow-controller",
      why: "the entry point of an image, for a step that names no command",
      evidence: "argoproj/argo-workflows workflow/controller/entrypoint/container_registry_index.go",
    },
    {
      workload: "Deployment.apps kubeflow/katib-controller",
      container: "katib-controller",
      why: "the entry point of a trial's image, for a trial that names no command",
      evidence: "kubeflow/katib pkg/webhook/v1beta1/pod/utils.go: getRemoteImage",
    },
  ],
  calls: [
    {
      workload: "Deployment.apps kubeflow/ml-pipeline-ui",
      container: "ml-pipeline-ui",
      variable: "DISABLE_GKE_METADATA",
      value: "true",
      why: "passes the browser's question for the cluster's name on to Google's metadata server",
      evidence: "kubeflow/pipelines frontend/server/configs.ts, handlers/gke-metadata.ts",
    },
  ],
};
