/** Namespaces of v1.8.1, which no profile may have. */
export const namespaces181: readonly string[] = [
  "auth",
  "cert-manager",
  "istio-system",
  "knative-eventing",
  "knative-serving",
  "kubeflow",
];
