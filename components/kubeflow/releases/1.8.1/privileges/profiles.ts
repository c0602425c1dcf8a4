import type { Permission } from "../../../access/privileges.ts";
import { RBAC, READ } from "./names.ts";

/** The profile controller and kfam share a pod and its ServiceAccount. */
export const PROFILES: readonly Permission[] = [
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
