import { groupKind, type KubernetesObject } from "../../kit/objects.ts";
import type { Repair } from "./repair.ts";

/** Cluster-scoped kinds of the release that are written with a namespace. */
const CLUSTER_SCOPED = new Set(["ClusterIssuer.cert-manager.io", "CompositeController.metacontroller.k8s.io"]);

/** Namespaced kinds that the release leaves without one. */
const NAMESPACED = new Set(["ConfigMap"]);

export const namespaces: Repair = {
  name: "namespaces",
  why: "cluster-scoped objects carry a namespace, and one ConfigMap carries none and lands wherever the kubeconfig points",
  evidence: "the rendering: ClusterIssuer, CompositeController, ConfigMap default-install-config",
  apply: (object) => {
    const kind = groupKind(object);
    if (CLUSTER_SCOPED.has(kind) && object.metadata.namespace !== undefined) return withoutNamespace(object);
    if (NAMESPACED.has(kind) && object.metadata.namespace === undefined) {
      return { ...object, metadata: { ...object.metadata, namespace: "default" } };
    }
    return object;
  },
};

function withoutNamespace(object: KubernetesObject): KubernetesObject {
  const { namespace, ...metadata } = object.metadata;
  return { ...object, metadata };
}
