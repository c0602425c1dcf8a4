import type { Permission } from "../../../access/privileges.ts";
import { READ } from "./names.ts";

/** Of the notebook controller. */
export const NOTEBOOKS: readonly Permission[] = [
  {
    group: "kubeflow.org",
    resources: ["notebooks"],
    verbs: [...READ, "update"],
    because: "kubeflow v1.8.0 notebook_controller.go Reconcile; culling_controller.go Reconcile updates annotations",
  },
  {
    group: "kubeflow.org",
    resources: ["notebooks/status", "notebooks/finalizers"],
    verbs: ["update"],
    because:
      "kubeflow v1.8.0 notebook_controller.go updateNotebookStatus; SetControllerReference, under OwnerReferencesPermissionEnforcement",
  },
  {
    group: "apps",
    resources: ["statefulsets"],
    verbs: [...READ, "create", "update"],
    because: "kubeflow v1.8.0 notebook_controller.go Reconcile, SetupWithManager; pkg/metrics/metrics.go scrape",
  },
  {
    group: "",
    resources: ["services"],
    verbs: [...READ, "create", "update"],
    because: "kubeflow v1.8.0 notebook_controller.go Reconcile, SetupWithManager",
  },
  {
    group: "networking.istio.io",
    resources: ["virtualservices"],
    verbs: [...READ, "create", "update"],
    because: "kubeflow v1.8.0 notebook_controller.go reconcileVirtualService, SetupWithManager",
  },
  {
    group: "",
    resources: ["pods"],
    verbs: READ,
    because: "kubeflow v1.8.0 notebook_controller.go Reconcile, SetupWithManager; culling_controller.go Reconcile",
  },
  {
    group: "",
    resources: ["events"],
    verbs: [...READ, "create", "patch"],
    because: "kubeflow v1.8.0 notebook_controller.go Reconcile repeats the Events of pods on their Notebook",
  },
];
