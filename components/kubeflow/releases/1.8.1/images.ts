import type { ImagePlaces, NotAnImage, ReleaseImages } from "../../images/places.ts";
import { pipelinesCompanions, pipelinesRepairs } from "./pipelines.ts";
import { replacements181 } from "./replacements.ts";

/** Choices of the TensorBoard viewer in the Pipelines interface; the TensorBoards page is what to use instead. */
const VIEWER_VERSIONS = [
  ["1.7.1", "1.8.0", "1.9.0", "1.10.1", "1.11.0", "1.12.3", "1.13.2", "1.14.0", "1.15.5"],
  ["2.0.4", "2.1.2", "2.2.2"],
].flat();

const PROFILE_CONTROLLER = {
  workload: "Deployment.apps kubeflow/kubeflow-pipelines-profile-controller",
  container: "profile-controller",
};
const API_SERVER = { workload: "Deployment.apps kubeflow/ml-pipeline", container: "ml-pipeline-api-server" };
const TRAINING_OPERATOR = { workload: "Deployment.apps kubeflow/training-operator", container: "training-operator" };

const places: ImagePlaces = {
  fields: { "Image.caching.internal.knative.dev": ["spec", "image"] },
  flags: [
    {
      workload: "Deployment.apps cert-manager/cert-manager",
      container: "cert-manager-controller",
      flag: "--acme-http01-solver-image",
    },
    {
      workload: "Deployment.apps kubeflow/workflow-controller",
      container: "workflow-controller",
      flag: "--executor-image",
    },
    { ...TRAINING_OPERATOR, flag: "--pytorch-init-container-image", compiledIn: "alpine:3.10" },
    {
      ...TRAINING_OPERATOR,
      flag: "--mpi-kubectl-delivery-image",
      compiledIn: "mpioperator/kubectl-delivery:latest",
    },
  ],
  variables: [
    {
      workload: "Deployment.apps knative-eventing/eventing-controller",
      container: "eventing-controller",
      variable: "APISERVER_RA_IMAGE",
    },
    {
      workload: "Deployment.apps kubeflow/volumes-web-app-deployment",
      container: "volumes-web-app",
      variable: "VOLUME_VIEWER_IMAGE",
    },
    {
      ...API_SERVER,
      variable: "V2_DRIVER_IMAGE",
      compiledIn:
        "gcr.io/ml-pipeline/kfp-driver@sha256:8e60086b04d92b657898a310ca9757631d58547e76bbbb8bfc376d654bef1707",
    },
    {
      ...API_SERVER,
      variable: "V2_LAUNCHER_IMAGE",
      compiledIn:
        "gcr.io/ml-pipeline/kfp-launcher@sha256:80cf120abd125db84fa547640fd6386c4b2a26936e0c2b04a7d3634991a850a4",
    },
    {
      ...PROFILE_CONTROLLER,
      variable: "FRONTEND_IMAGE",
      versionVariable: "FRONTEND_TAG",
      compiledIn: "gcr.io/ml-pipeline/frontend:2.0.5",
    },
    {
      ...PROFILE_CONTROLLER,
      variable: "VISUALIZATION_SERVER_IMAGE",
      versionVariable: "VISUALIZATION_SERVER_TAG",
      compiledIn: "gcr.io/ml-pipeline/visualization-server:2.0.5",
    },
    {
      workload: "Deployment.apps kubeflow/ml-pipeline-ui",
      container: "ml-pipeline-ui",
      variable: "VIEWER_TENSORBOARD_TF_IMAGE_NAME",
      nameOnly: true,
      versions: VIEWER_VERSIONS,
      compiledIn: "tensorflow/tensorflow",
    },
  ],
  keys: [
    { configMap: "ConfigMap knative-serving/config-deployment", key: "queue-sidecar-image" },
    { configMap: "ConfigMap kubeflow/pipeline-install-config", key: "cacheImage" },
    { configMap: "ConfigMap kubeflow/tensorboard-controller-config-b98cb9gk9k", key: "TENSORBOARD_IMAGE" },
  ],
  documents: [
    {
      configMap: "ConfigMap kubeflow/inferenceservice-config",
      pattern: /"image"\s*:\s*"(?<reference>[^"\s]+)"(?![^{}]*"defaultImageVersion")/dg,
    },
    {
      configMap: "ConfigMap kubeflow/inferenceservice-config",
      pattern: /"image"\s*:\s*"(?<name>[^"\s]+)",[^{}]*?"defaultImageVersion"\s*:\s*"(?<version>[^"\s]+)"/dg,
    },
    {
      configMap: "ConfigMap kubeflow/katib-config",
      pattern: /^ *(?:- )?image: (?<reference>\S+)$/dgm,
    },
    {
      configMap: "ConfigMap kubeflow/trial-templates",
      pattern: /^ *(?:- )?image: (?<reference>\S+)$/dgm,
    },
    {
      configMap: "ConfigMap kubeflow/jupyter-web-app-config-7tkbmh828d",
      pattern: /^ *(?:value: |- )(?<reference>[^\s"]+\/[^\s"]+:[^\s"]+)$/dgm,
    },
    {
      configMap: "ConfigMap istio-system/istio-sidecar-injector",
      pattern: /^ *(?:- )?image: (?<reference>[A-Za-z0-9][^\s"{}]*)$/dgm,
    },
    {
      configMap: "ConfigMap kubeflow/kubeflow-pipelines-profile-controller-code-hdk828hd6c",
      pattern: /_IMAGE", "(?<reference>[^"\s]+)"\)/dg,
      nameOnly: true,
    },
    {
      configMap: "ConfigMap kubeflow/kubeflow-pipelines-profile-controller-code-hdk828hd6c",
      pattern: /^ *\w+_image: (?<reference>\S+)$/dgm,
      nameOnly: true,
    },
  ],
  injectors: [
    {
      configMap: "ConfigMap istio-system/istio-sidecar-injector",
      key: "values",
      hub: ["global", "hub"],
      tag: ["global", "tag"],
      names: [
        ["global", "proxy", "image"],
        ["global", "proxy_init", "image"],
      ],
    },
  ],
  fixed: [
    {
      workload: API_SERVER.workload,
      references: ["python:3.7"],
      note: "steps of the two tutorial pipelines that are preloaded; compile your own with a base_image",
    },
    {
      workload: "Deployment.apps kubeflow/pvcviewer-controller-manager",
      references: ["filebrowser/filebrowser:latest"],
      note: "a PVCViewer without a podSpec; the volumes page always gives one",
    },
  ],
};

const notImages: readonly NotAnImage[] = [
  { pattern: /^[a-z.-]+:\d+(?:\/|$)/, why: "Service and port, or the end of one that a template completes" },
  { pattern: /^cluster\.local\/ns\/[a-z-]+\/sa\/[a-z-]+$/, why: "identity in the mesh" },
  { pattern: /^knative\.dev\/internal\/(?:serving|eventing)$/, why: "domain of metrics" },
  { pattern: /^(?:true|None|f)$/, why: "value of a setting, a parameter or a template whose name ends in image" },
];

/** Everything that is known of the images of v1.8.1. */
export const images181: ReleaseImages = {
  replacements: replacements181,
  repairs: pipelinesRepairs,
  companions: pipelinesCompanions,
  places,
  notImages,
};
