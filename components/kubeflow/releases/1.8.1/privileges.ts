import type { Permission, PrivilegeTable } from "../../access/privileges.ts";

const RBAC = "rbac.authorization.k8s.io";
const READ = ["get", "list", "watch"] as const;

/** It watches Namespaces, asks `sync.py` what a profile's must hold, and keeps that there. */
const METACONTROLLER: readonly Permission[] = [
  {
    group: "metacontroller.k8s.io",
    resources: ["compositecontrollers", "decoratorcontrollers"],
    verbs: READ,
    because: "metacontroller v2.0.4 pkg/server/server.go New watches both; composite/metacontroller.go Reconcile reads",
  },
  {
    group: "metacontroller.k8s.io",
    resources: ["controllerrevisions"],
    verbs: ["list", "watch"],
    because:
      "metacontroller v2.0.4 pkg/controller/common NewControllerContext starts their informer; no update is rolling",
  },
  {
    group: "",
    resources: ["namespaces"],
    verbs: READ,
    because:
      "metacontroller v2.0.4 composite/controller.go newParentController, canAdoptFunc: the parents are Namespaces",
  },
  {
    group: "",
    resources: ["namespaces/status"],
    verbs: ["update"],
    because: "metacontroller v2.0.4 composite/controller.go updateParentStatus",
  },
  {
    group: "",
    resources: ["namespaces/finalizers"],
    verbs: ["update"],
    because:
      "metacontroller v2.0.4 common/manage_children.go MakeControllerRef blocks deletion of the owner, which clusters with OwnerReferencesPermissionEnforcement allow to no one else",
  },
  {
    group: "",
    resources: ["secrets", "configmaps", "services"],
    verbs: ["list", "watch", "create"],
    because:
      "metacontroller v2.0.4 composite/controller.go newParentController, common/manage_children.go updateChildren",
  },
  {
    group: "apps",
    resources: ["deployments"],
    verbs: ["list", "watch", "create"],
    because:
      "metacontroller v2.0.4 composite/controller.go newParentController, common/manage_children.go updateChildren",
  },
  {
    group: "networking.istio.io",
    resources: ["destinationrules"],
    verbs: ["list", "watch", "create"],
    because:
      "metacontroller v2.0.4 composite/controller.go newParentController, common/manage_children.go updateChildren",
  },
  {
    group: "security.istio.io",
    resources: ["authorizationpolicies"],
    verbs: ["list", "watch", "create"],
    because:
      "metacontroller v2.0.4 composite/controller.go newParentController, common/manage_children.go updateChildren",
  },
  ...(
    [
      ["", "secrets", ["mlpipeline-minio-artifact"]],
      ["", "configmaps", ["metadata-grpc-configmap", "kfp-launcher"]],
      ["", "services", ["ml-pipeline-visualizationserver", "ml-pipeline-ui-artifact"]],
      ["apps", "deployments", ["ml-pipeline-visualizationserver", "ml-pipeline-ui-artifact"]],
      ["networking.istio.io", "destinationrules", ["ml-pipeline-visualizationserver"]],
      ["security.istio.io", "authorizationpolicies", ["ml-pipeline-visualizationserver"]],
    ] as const
  ).map(([group, resource, names]) => ({
    group,
    resources: [resource],
    verbs: ["get", "update", "delete"],
    names,
    because:
      "metacontroller v2.0.4 common/manage_children.go updateChildren and deleteChildren, dynamic/clientset AtomicUpdate; the names are those of sync.py",
  })),
  {
    group: "",
    resources: ["events"],
    verbs: ["create", "patch"],
    because: "metacontroller v2.0.4 pkg/events/events.go NewBroadcaster records to the API server",
  },
];

/** The profile controller and kfam share a pod and its ServiceAccount. */
const PROFILES: readonly Permission[] = [
  {
    group: "kubeflow.org",
    resources: ["profiles"],
    verbs: [...READ, "create", "update", "delete"],
    because:
      "kubeflow v1.8.0 profile_controller.go Reconcile; access-management kfam/profiles.go Create, Get, List, Delete",
  },
  {
    group: "kubeflow.org",
    resources: ["profiles/finalizers"],
    verbs: ["update"],
    because: "kubeflow v1.8.0 profile_controller.go SetControllerReference, under OwnerReferencesPermissionEnforcement",
  },
  {
    group: "",
    resources: ["namespaces"],
    verbs: [...READ, "create", "update"],
    because: "kubeflow v1.8.0 profile_controller.go Reconcile: Get, Create, Update; SetupWithManager: Owns",
  },
  {
    group: "",
    resources: ["serviceaccounts"],
    verbs: [...READ, "create", "update"],
    because:
      "kubeflow v1.8.0 profile_controller.go updateServiceAccount; plugin_iam.go and plugin_workload_identity.go patch",
  },
  {
    group: "",
    resources: ["resourcequotas"],
    verbs: [...READ, "create", "update", "delete"],
    because: "kubeflow v1.8.0 profile_controller.go updateResourceQuota, and Reconcile where a Profile asks for none",
  },
  {
    group: RBAC,
    resources: ["rolebindings"],
    verbs: [...READ, "create", "update", "delete"],
    because:
      "kubeflow v1.8.0 profile_controller.go updateRoleBinding; access-management kfam/bindings.go Create, Delete, List",
  },
  {
    group: RBAC,
    resources: ["clusterroles"],
    verbs: ["bind"],
    names: ["kubeflow-admin", "kubeflow-edit", "kubeflow-view"],
    because:
      "Kubernetes lets nobody grant what they do not have; profile_controller.go and kfam/bindings.go roleBindingNameMap grant these three",
  },
  {
    group: "security.istio.io",
    resources: ["authorizationpolicies"],
    verbs: [...READ, "create", "update", "delete"],
    because:
      "kubeflow v1.8.0 profile_controller.go updateIstioAuthorizationPolicy; access-management kfam/bindings.go Create, Delete",
  },
];

/** Of ml-pipeline-ui in every namespace: runs are looked at where they run. */
const PIPELINES_UI: readonly Permission[] = [
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
const PIPELINES_UI_HOME: readonly Permission[] = [
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

const VIEWERS: readonly Permission[] = [
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

/** Its client has no cache, so nothing is watched; each call is preceded by a review of what the user may do. */
const KATIB_UI: readonly Permission[] = [
  {
    group: "",
    resources: ["configmaps"],
    verbs: ["get", "list", "create", "update", "delete"],
    because:
      "katib v0.16.0 pkg/util/v1beta1/katibclient GetConfigMap, GetTrialTemplates; pkg/ui/v1beta1/util.go updateTrialTemplates",
  },
  {
    group: "",
    resources: ["namespaces"],
    verbs: ["list"],
    because: "katib v0.16.0 pkg/util/v1beta1/katibclient GetNamespaceList",
  },
  {
    group: "kubeflow.org",
    resources: ["experiments"],
    verbs: ["get", "list", "create", "delete"],
    because:
      "katib v0.16.0 pkg/ui/v1beta1/backend.go CreateExperiment, FetchExperiments, FetchExperiment, DeleteExperiment",
  },
  {
    group: "kubeflow.org",
    resources: ["trials"],
    verbs: ["get", "list"],
    because: "katib v0.16.0 pkg/ui/v1beta1/backend.go FetchTrial, hp.go GetTrialList",
  },
  {
    group: "kubeflow.org",
    resources: ["suggestions"],
    verbs: ["get"],
    because: "katib v0.16.0 pkg/ui/v1beta1/backend.go FetchSuggestion",
  },
  {
    group: "",
    resources: ["pods"],
    verbs: ["list"],
    because: "katib v0.16.0 pkg/ui/v1beta1/backend.go fetchMasterPodName",
  },
  {
    group: "",
    resources: ["pods/log"],
    verbs: ["get"],
    because: "katib v0.16.0 pkg/ui/v1beta1/backend.go fetchPodLogs",
  },
  {
    group: "authorization.k8s.io",
    resources: ["subjectaccessreviews"],
    verbs: ["create"],
    because: "katib v0.16.0 pkg/ui/v1beta1/authzn.go IsAuthorized",
  },
];

const NOTEBOOKS: readonly Permission[] = [
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

const DASHBOARD: readonly Permission[] = [
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
