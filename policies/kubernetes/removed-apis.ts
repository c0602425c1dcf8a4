/** Kinds that Kubernetes no longer serves in a version of their API, and the minor version that stopped to. */
interface Removal {
  readonly apiVersion: string;
  /** Others of the same group and version may be newer than these and still there. */
  readonly kinds: readonly string[];
  readonly minor: number;
}

/** As the deprecation guide has them: https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
const REMOVALS: readonly Removal[] = [
  {
    apiVersion: "extensions/v1beta1",
    kinds: ["DaemonSet", "Deployment", "NetworkPolicy", "PodSecurityPolicy", "ReplicaSet"],
    minor: 16,
  },
  { apiVersion: "apps/v1beta1", kinds: ["ControllerRevision", "Deployment", "StatefulSet"], minor: 16 },
  {
    apiVersion: "apps/v1beta2",
    kinds: ["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
    minor: 16,
  },
  { apiVersion: "extensions/v1beta1", kinds: ["Ingress"], minor: 22 },
  { apiVersion: "networking.k8s.io/v1beta1", kinds: ["Ingress", "IngressClass"], minor: 22 },
  {
    apiVersion: "admissionregistration.k8s.io/v1beta1",
    kinds: ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
    minor: 22,
  },
  { apiVersion: "apiextensions.k8s.io/v1beta1", kinds: ["CustomResourceDefinition"], minor: 22 },
  { apiVersion: "apiregistration.k8s.io/v1beta1", kinds: ["APIService"], minor: 22 },
  { apiVersion: "authentication.k8s.io/v1beta1", kinds: ["TokenReview"], minor: 22 },
  {
    apiVersion: "authorization.k8s.io/v1beta1",
    kinds: ["LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"],
    minor: 22,
  },
  { apiVersion: "certificates.k8s.io/v1beta1", kinds: ["CertificateSigningRequest"], minor: 22 },
  { apiVersion: "coordination.k8s.io/v1beta1", kinds: ["Lease"], minor: 22 },
  {
    apiVersion: "rbac.authorization.k8s.io/v1beta1",
    kinds: ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
    minor: 22,
  },
  { apiVersion: "scheduling.k8s.io/v1beta1", kinds: ["PriorityClass"], minor: 22 },
  {
    apiVersion: "storage.k8s.io/v1beta1",
    kinds: ["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"],
    minor: 22,
  },
  { apiVersion: "batch/v1beta1", kinds: ["CronJob"], minor: 25 },
  { apiVersion: "discovery.k8s.io/v1beta1", kinds: ["EndpointSlice"], minor: 25 },
  { apiVersion: "events.k8s.io/v1beta1", kinds: ["Event"], minor: 25 },
  { apiVersion: "autoscaling/v2beta1", kinds: ["HorizontalPodAutoscaler"], minor: 25 },
  { apiVersion: "policy/v1beta1", kinds: ["PodDisruptionBudget", "PodSecurityPolicy"], minor: 25 },
  { apiVersion: "node.k8s.io/v1beta1", kinds: ["RuntimeClass"], minor: 25 },
  { apiVersion: "autoscaling/v2beta2", kinds: ["HorizontalPodAutoscaler"], minor: 26 },
  ...(
    [
      ["v1beta1", 26],
      ["v1beta2", 29],
      ["v1beta3", 32],
    ] as const
  ).map(([version, minor]) => ({
    apiVersion: `flowcontrol.apiserver.k8s.io/${version}`,
    kinds: ["FlowSchema", "PriorityLevelConfiguration"],
    minor,
  })),
  { apiVersion: "storage.k8s.io/v1beta1", kinds: ["CSIStorageCapacity"], minor: 27 },
];

/** The minor version of Kubernetes (25 of 1.25) that stopped to serve a kind, undefined where none has. */
export function removedIn(apiVersion: string, kind: string): number | undefined {
  return REMOVALS.find((removal) => removal.apiVersion === apiVersion && removal.kinds.includes(kind))?.minor;
}
