/** The manifests of v1.8.1 themselves. */
export const UPSTREAM = "v1.8.1";
/** Table of resource requirements in the README of kubeflow/manifests, release-26.03: sums by component, proxies included. */
export const README = "README of release 26.03";
