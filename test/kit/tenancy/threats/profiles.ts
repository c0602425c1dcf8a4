import { AppsV1Api, CoreV1Api, type KubeConfig, KubernetesObjectApi, PatchStrategy } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../../../components/kit/objects.ts";
import { reasonOf } from "../impersonation.ts";
import { creating, RBAC, type Threat } from "./threat.ts";

const patching = (config: KubeConfig, object: KubernetesObject) =>
  reasonOf(() =>
    KubernetesObjectApi.makeApiClient(config).patch(
      object,
      undefined,
      "All",
      "threat",
      undefined,
      PatchStrategy.MergePatch,
    ),
  );

/** To other profiles, and to the bounds of one's own. */
export const ofProfiles: readonly Threat[] = [
  {
    what: "read another profile's Secrets",
    refusedBy: { default: RBAC },
    attempt: ({ config, other }) =>
      reasonOf(() => config.makeApiClient(CoreV1Api).listNamespacedSecret({ namespace: other })),
  },
  {
    what: "read another profile's pods",
    refusedBy: { default: RBAC },
    attempt: ({ config, other }) =>
      reasonOf(() => config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: other })),
  },
  {
    what: "delete another profile's workloads",
    refusedBy: { default: RBAC },
    attempt: ({ config, other }) =>
      reasonOf(() =>
        config.makeApiClient(AppsV1Api).deleteCollectionNamespacedStatefulSet({ namespace: other, dryRun: "All" }),
      ),
  },
  {
    what: "create a RoleBinding",
    refusedBy: { default: RBAC },
    attempt: creating((namespace) => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "threat", namespace },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "kubeflow-view" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "mallory@example.com" }],
    })),
  },
  {
    what: "label the namespace",
    refusedBy: { default: RBAC },
    attempt: ({ config, own }) =>
      patching(config, {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: own, labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
      }),
  },
  {
    what: "edit the quota",
    refusedBy: { default: RBAC },
    attempt: ({ config, own }) =>
      patching(config, {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "profile", namespace: own },
        spec: { hard: { pods: "1000" } },
      }),
  },
  {
    what: "edit the default limits",
    refusedBy: { default: RBAC },
    attempt: ({ config, own }) =>
      patching(config, {
        apiVersion: "v1",
        kind: "LimitRange",
        metadata: { name: "profile", namespace: own },
        spec: { limits: [] },
      }),
  },
];
