/**
 * Ports of the pods that answer the API server: admission and conversion webhooks of Kubeflow v1.8.1. A Service listens
 * on 443, but what crosses the network between the control plane and a node is its target port. A test compares these
 * with the Services and containers of the release.
 */
export const WEBHOOK_PORTS = [4443, 8443, 9443, 10250, 15017] as const;
