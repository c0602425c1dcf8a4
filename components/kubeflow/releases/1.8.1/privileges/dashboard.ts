import type { Permission } from "../../../access/privileges.ts";

/** Of the dashboard, in its own namespace. */
export const DASHBOARD: readonly Permission[] = [
  {
    group: "",
    resources: ["configmaps"],
    verbs: ["get"],
    names: ["centraldashboard-config"],
    because: "kubeflow v1.8.0 centraldashboard/app/k8s_service.ts getConfigMap",
  },
  {
    group: "app.k8s.io",
    resources: ["applications"],
    verbs: ["list"],
    because: "kubeflow v1.8.0 centraldashboard/app/k8s_service.ts getKubeflowVersion",
  },
];
