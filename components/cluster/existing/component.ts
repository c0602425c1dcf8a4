import type { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster, ClusterPlan, ClusterRequest, NodePool } from "../contract.ts";
import { kubernetesProvider } from "../kubernetes-provider.ts";

/** Looks at the cluster first, unless this is a preview, which may be far from it. Throws UserError: `checkCluster`. */
export async function createExisting(
  name: string,
  request: ClusterRequest,
  plan: ClusterPlan,
): Promise<ExistingCluster> {
  if (request.check && !pulumi.runtime.isDryRun()) {
    const { checkCluster } = await import("./check.ts");
    await checkCluster(request);
  }
  return new ExistingCluster(name, request, plan);
}

/** A cluster that exists already, reached by a kubeconfig: the setting's, or the one that kubectl would use. */
export class ExistingCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: Provider;
  readonly pools: readonly NodePool[];
  readonly storageClasses = [];
  readonly enforcesNetworkPolicy = true;

  constructor(name: string, request: ClusterRequest, plan: ClusterPlan, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubeflow:cluster:Existing", name, {}, opts);
    const { kubeconfig, context } = request;
    this.pools = plan.pools;
    this.provider = kubernetesProvider(`${name}-kubernetes`, { kubeconfig, context }, { parent: this });
    this.registerOutputs({});
  }

  /** What a load balancer of an unknown cloud wants to hear is for the setting `ingress.service.annotations` to say. */
  loadBalancerAnnotations(): Readonly<Record<string, string>> {
    return {};
  }
}
