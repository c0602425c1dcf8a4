/** Images of what the program adds to a cluster, pinned; each with where its version was read, and when. */
export const FURNISHING_IMAGES = {
  /** Source: https://github.com/NVIDIA/gpu-operator/pull/1671, read 2026-11-26. */
  devicePlugin: "nvcr.io/nvidia/k8s-device-plugin:v0.17.4",
  /** Source: https://github.com/kubernetes-sigs/metrics-server, compatibility matrix, read 2026-11-26. */
  metricsServer: "registry.k8s.io/metrics-server/metrics-server:v0.8.0",
  /** Has `nsenter`. Source: https://hub.docker.com/_/busybox, read 2026-11-26. */
  shell: "docker.io/library/busybox:1.36.1",
  /** Does nothing. Source: https://kubernetes.io, the kubelet's sandbox image, read 2026-11-26. */
  pause: "registry.k8s.io/pause:3.10",
} as const;
