import type { SignOnNames } from "../../auth/names.ts";
import type { EntranceNames } from "../../ingress/names.ts";

/** What v1.8.1 calls the objects that browsers pass through. */
export const entrance181: EntranceNames = {
  gateway: "Gateway.networking.istio.io kubeflow/kubeflow-gateway",
  ingressService: "Service istio-system/istio-ingressgateway",
  ingressDeployment: "Deployment.apps istio-system/istio-ingressgateway",
  ingressLabels: { app: "istio-ingressgateway", istio: "ingressgateway" },
  ingressNamespace: "istio-system",
  selfSigningIssuer: "kubeflow-self-signing-issuer",
  issuerSecretsNamespace: "cert-manager",
  knativeDomain: "ConfigMap knative-serving/config-domain",
  knativeNetwork: "ConfigMap knative-serving/config-network",
  inferenceServices: "ConfigMap kubeflow/inferenceservice-config",
};

/** What v1.8.1 calls the objects of its sign-on. */
export const signOn181: SignOnNames = {
  dexConfig: "ConfigMap auth/dex",
  dexSecret: "Secret auth/dex-oidc-client",
  dexDeployment: "Deployment.apps auth/dex",
  authserviceConfig: "ConfigMap istio-system/oidc-authservice-parameters",
  authserviceWorkload: "StatefulSet.apps istio-system/oidc-authservice",
  // The second holds values for kustomize to replace in the first, which nothing in a cluster reads.
  firstProfile: [
    "Profile.kubeflow.org kubeflow-user-example-com",
    "ConfigMap default/default-install-config-9h2h2b6hbk",
  ],
};
