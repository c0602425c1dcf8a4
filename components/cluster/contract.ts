import type * as pulumi from "@pulumi/pulumi";

/** What the platform needs to know of a cluster, whoever runs it. */
export interface Cluster {
  /** Through which every Kubernetes object is applied. */
  readonly provider: pulumi.ProviderResource;
}
