import type { StartedPod } from "../../profile-pods.ts";

const PROFILE_CONTROLLER = "Deployment.apps kubeflow/kubeflow-pipelines-profile-controller";
const WORKFLOW_CONTROLLER = "Deployment.apps kubeflow/workflow-controller";

/** An update starts the new pod of a Deployment before the old one ends. */
const WHILE_UPDATED = 2;

/** Argo's own containers, to which v1.8.1 gives no size: what the namespace gives to such containers is theirs. */
const EXECUTOR = { init: { name: "init" }, wait: { name: "wait" } } as const;

/** What v1.8.1 (with Pipelines 2.4.1) starts in every profile. The notebook is read off the form's configuration. */
export const profilePods181: readonly StartedPod[] = [
  {
    name: "ml-pipeline-ui-artifact",
    by: PROFILE_CONTROLLER,
    labels: { app: "ml-pipeline-ui-artifact" },
    containers: [
      {
        name: "ml-pipeline-ui-artifact",
        resources: { requests: { cpu: "10m", memory: "70Mi" }, limits: { cpu: "100m", memory: "500Mi" } },
      },
    ],
    hasSidecar: true,
    copies: WHILE_UPDATED,
    evidence: "sync.py of the pipelines profile controller",
  },
  {
    name: "ml-pipeline-visualizationserver",
    by: PROFILE_CONTROLLER,
    labels: { app: "ml-pipeline-visualizationserver" },
    containers: [
      {
        name: "ml-pipeline-visualizationserver",
        resources: { requests: { cpu: "50m", memory: "200Mi" }, limits: { cpu: "500m", memory: "1Gi" } },
      },
    ],
    hasSidecar: true,
    copies: WHILE_UPDATED,
    evidence: "sync.py of the pipelines profile controller",
  },
  {
    name: "pipeline-driver",
    by: WORKFLOW_CONTROLLER,
    initContainers: [EXECUTOR.init],
    containers: [
      EXECUTOR.wait,
      {
        name: "main",
        resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
      },
    ],
    hasSidecar: false,
    copies: 1,
    evidence: "kubeflow/pipelines 2.4.1 backend/src/v2/compiler/argocompiler: driverResources",
  },
  {
    name: "pipeline-step",
    by: WORKFLOW_CONTROLLER,
    initContainers: [
      EXECUTOR.init,
      { name: "kfp-launcher", resources: { requests: { cpu: "100m" }, limits: { cpu: "500m", memory: "128Mi" } } },
    ],
    containers: [EXECUTOR.wait, { name: "main" }],
    hasSidecar: false,
    copies: 1,
    evidence: "kubeflow/pipelines 2.4.1 backend/src/v2/compiler/argocompiler: launcherResources",
  },
];
