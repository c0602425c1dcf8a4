/** Labels of a profile's namespace that others read. */
export const MANAGED_LABELS = {
  /** Istio puts its sidecar into pods where it says `enabled`. */
  injection: "istio-injection",
  /** Who made the namespace. */
  madeBy: "kubeflow-on-pulumi/profile",
} as const;

/** Value of that label where the settings did. */
export const MADE_BY_SETTINGS = "by-settings";

/** Label of a namespace, one a GPU pool that its pods may run on: `gpu-pool.kubeflow-on-pulumi/a100`. */
export const GPU_POOL_PREFIX = "gpu-pool.kubeflow-on-pulumi/";
