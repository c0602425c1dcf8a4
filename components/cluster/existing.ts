import { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterRequest } from "../settings/schema.ts";
import type { Cluster } from "./contract.ts";

/** A cluster that exists already, reached by a kubeconfig: the setting's, or the one that kubectl would use. */
export class ExistingCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: Provider;

  constructor(name: string, request: ClusterRequest, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubeflow:cluster:Existing", name, {}, opts);
    this.provider = new Provider(
      `${name}-kubernetes`,
      {
        ...(request.kubeconfig === undefined ? {} : { kubeconfig: pulumi.secret(request.kubeconfig) }),
        ...(request.context === undefined ? {} : { context: request.context }),
        // An interrupted run leaves objects that its state does not know; the next one adopts them.
        upsertExistingObjects: true,
        suppressDeprecationWarnings: true,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
