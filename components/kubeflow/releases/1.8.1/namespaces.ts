/** Namespaces of v1.8.1, which no profile may have. */
export const namespaces181 = [
  "auth",
  "cert-manager",
  "istio-system",
  "knative-eventing",
  "knative-serving",
  "kubeflow",
] as const;
