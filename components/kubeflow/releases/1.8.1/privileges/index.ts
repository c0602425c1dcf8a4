import type { PrivilegeTable } from "../../../access/privileges.ts";
import { DASHBOARD } from "./dashboard.ts";
import { KATIB_UI } from "./katib.ts";
import { METACONTROLLER } from "./metacontroller.ts";
import { RBAC } from "./names.ts";
import { NOTEBOOKS } from "./notebooks.ts";
import { PIPELINES_UI, PIPELINES_UI_HOME, VIEWERS } from "./pipelines.ts";
import { PROFILES } from "./profiles.ts";

/** Narrowed to the calls in the sources of the images that v1.8.1 runs, Pipelines 2.4.1 included. */
export const privileges181: PrivilegeTable = {
  regrants: [
    {
      binding: `ClusterRoleBinding.${RBAC} meta-controller-cluster-role-binding`,
      name: "kubeflow-metacontroller",
      permissions: METACONTROLLER,
    },
    {
      binding: `ClusterRoleBinding.${RBAC} profiles-cluster-rolebinding`,
      name: "kubeflow-profiles-controller",
      permissions: PROFILES,
    },
  ],
  roles: {
    [`ClusterRole.${RBAC} ml-pipeline-ui`]: PIPELINES_UI,
    [`Role.${RBAC} kubeflow/ml-pipeline-ui`]: [...PIPELINES_UI, ...PIPELINES_UI_HOME],
    [`ClusterRole.${RBAC} ml-pipeline-viewer-controller-role`]: VIEWERS,
    [`Role.${RBAC} kubeflow/ml-pipeline-viewer-controller-role`]: VIEWERS,
    [`ClusterRole.${RBAC} katib-ui`]: KATIB_UI,
    [`ClusterRole.${RBAC} notebook-controller-role`]: NOTEBOOKS,
    [`Role.${RBAC} kubeflow/centraldashboard`]: DASHBOARD,
  },
  // With MULTIUSER=true runs use default-editor of their own namespace (DEFAULTPIPELINERUNNERSERVICEACCOUNT).
  unused: [
    `Role.${RBAC} kubeflow/pipeline-runner`,
    `RoleBinding.${RBAC} kubeflow/pipeline-runner-binding`,
    "ServiceAccount kubeflow/pipeline-runner",
  ],
};
