import type { Permission } from "../../../access/privileges.ts";
import { READ } from "./names.ts";

/** Of ml-pipeline-ui in every namespace: runs are looked at where they run. */
export const PIPELINES_UI: readonly Permission[] = [
  {
    group: "",
    resources: ["pods", "pods/log"],
    verbs: ["get"],
    because: "pipelines 2.0.5 and 2.4.1 frontend/server/k8s-helper.ts getPod, getPodLogs",
  },
  {
    group: "",
    resources: ["events"],
    verbs: ["list"],
    because: "pipelines 2.0.5 and 2.4.1 frontend/server/k8s-helper.ts listPodEvents",
  },
  {
    group: "kubeflow.org",
    resources: ["viewers"],
    verbs: ["get", "create", "delete"],
    because: "pipelines 2.0.5 and 2.4.1 frontend/server/k8s-helper.ts {new,get,delete}TensorboardInstance",
  },
  {
    group: "argoproj.io",
    resources: ["workflows"],
    verbs: ["get"],
    because: "pipelines 2.0.5 and 2.4.1 frontend/server/k8s-helper.ts getArgoWorkflow",
  },
];

/** Of its own namespace too: artifacts of profiles are fetched by ml-pipeline-ui-artifact, which runs beside them. */
export const PIPELINES_UI_HOME: readonly Permission[] = [
  {
    group: "",
    resources: ["secrets"],
    verbs: ["get"],
    names: ["mlpipeline-minio-artifact"],
    because:
      "pipelines 2.0.5 and 2.4.1 frontend/server/workflow-helper.ts getMinioClientSecrets reads what workflow-controller-configmap names, in the namespace of the server",
  },
  {
    group: "",
    resources: ["configmaps"],
    verbs: ["get"],
    names: ["artifact-repositories"],
    because:
      "pipelines 2.4.1 frontend/server/workflow-helper.ts getKeyFormatFromArtifactRepositories, which ARGO_ARTIFACT_REPOSITORIES_LOOKUP switches on; it is off",
  },
];

/** Of the controller of TensorBoards that the interface of Pipelines starts. */
export const VIEWERS: readonly Permission[] = [
  {
    group: "kubeflow.org",
    resources: ["viewers"],
    verbs: [...READ, "delete"],
    because: "pipelines 2.0.5 backend/src/crd/controller/viewer/reconciler Reconcile, maybeDeleteOldestViewer",
  },
  {
    group: "kubeflow.org",
    resources: ["viewers/finalizers"],
    verbs: ["update"],
    because: "pipelines 2.0.5 reconciler deploymentFrom sets the owner, under OwnerReferencesPermissionEnforcement",
  },
  {
    group: "apps",
    resources: ["deployments"],
    verbs: [...READ, "create"],
    because: "pipelines 2.0.5 viewer/main.go Owns, reconciler Get and Create",
  },
  {
    group: "",
    resources: ["services"],
    verbs: [...READ, "create"],
    because: "pipelines 2.0.5 viewer/main.go Owns, reconciler Get and Create",
  },
];
