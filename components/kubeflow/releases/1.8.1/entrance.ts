/** What v1.8.1 calls the objects that browsers and sign-on pass through. */
export const entrance181 = {
  /** The Gateway that every application is bound to. */
  gateway: "Gateway.networking.istio.io kubeflow/kubeflow-gateway",
  ingressService: "Service istio-system/istio-ingressgateway",
  ingressDeployment: "Deployment.apps istio-system/istio-ingressgateway",
  /** Labels of the gateway's pods, which other Gateways and filters select them by. */
  ingressLabels: { app: "istio-ingressgateway", istio: "ingressgateway" },
  ingressNamespace: "istio-system",
  /** Issues what needs no authority, and so the authority itself. */
  selfSigningIssuer: "kubeflow-self-signing-issuer",
  /** Where cert-manager looks for the Secrets of a ClusterIssuer: `--cluster-resource-namespace`. */
  issuerSecretsNamespace: "cert-manager",
  knativeDomain: "ConfigMap knative-serving/config-domain",
  knativeNetwork: "ConfigMap knative-serving/config-network",
  inferenceServices: "ConfigMap kubeflow/inferenceservice-config",
  dexConfig: "ConfigMap auth/dex",
  dexSecret: "Secret auth/dex-oidc-client",
  dexDeployment: "Deployment.apps auth/dex",
  authserviceConfig: "ConfigMap istio-system/oidc-authservice-parameters",
  authserviceWorkload: "StatefulSet.apps istio-system/oidc-authservice",
  /** The public user's profile, and values for kustomize to replace in it, which nothing in a cluster reads. */
  firstProfile: [
    "Profile.kubeflow.org kubeflow-user-example-com",
    "ConfigMap default/default-install-config-9h2h2b6hbk",
  ] as readonly string[],
} as const;
