import type { Permission } from "../../../access/privileges.ts";
import { READ } from "./names.ts";

/** It watches Namespaces, asks `sync.py` what a profile's must hold, and keeps that there. */
export const METACONTROLLER: readonly Permission[] = [
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
