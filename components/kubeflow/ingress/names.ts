/** What a release calls the objects that browsers pass through; ids are those of `objectId`. */
export interface EntranceNames {
  /** The Gateway that every application is bound to. */
  readonly gateway: string;
  readonly ingressService: string;
  readonly ingressDeployment: string;
  /** Labels of the gateway's pods, which other Gateways and filters select them by. */
  readonly ingressLabels: { readonly app: string; readonly istio: string };
  readonly ingressNamespace: string;
  /** Issues what needs no authority, and so the authority itself. */
  readonly selfSigningIssuer: string;
  /** Where cert-manager looks for the Secrets of a ClusterIssuer: `--cluster-resource-namespace`. */
  readonly issuerSecretsNamespace: string;
  /** Where Knative and KServe are told how inference services are reached. */
  readonly knativeDomain: string;
  readonly knativeNetwork: string;
  readonly inferenceServices: string;
}
