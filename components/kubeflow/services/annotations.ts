/**
 * Annotations of a pod that connects to an external service: each changes with what the pod is told of that. On the
 * namespace of a profile, that of the object store says what the profile's own part of Pipelines is told.
 */
export const SERVICE_ANNOTATIONS = {
  database: "kubeflow-on-pulumi/database",
  objectStore: "kubeflow-on-pulumi/object-store",
} as const;
