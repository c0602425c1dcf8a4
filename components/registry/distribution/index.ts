import type { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { kubernetesProvider } from "../../cluster/kubernetes-provider.ts";
import { loadBalancerAddress, recordText } from "../../cluster/way-in.ts";
import { idOf, objectId } from "../../kit/objects.ts";
import { Manifest } from "../../kubeflow/manifest.ts";
import { isRetained } from "../../kubeflow/removal.ts";
import type { Settings } from "../../settings/parse.ts";
import { type DistributionObjectsArgs, distributionObjects, SERVICE } from "./objects.ts";
import { addressOf } from "./settings.ts";

export interface DistributionArgs extends DistributionObjectsArgs {
  readonly environment: Settings["environment"];
}

/**
 * A registry of one's own, distribution, in another cluster than the one that it feeds. What it holds stays there when
 * the stack is destroyed, and in prod it is protected as the cluster is.
 */
export class Distribution extends pulumi.ComponentResource {
  /** Undefined where no load balancer is asked for. */
  readonly dnsRecord: pulumi.Output<string> | undefined;
  readonly parts: readonly pulumi.Resource[];

  constructor(name: string, args: DistributionArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubeflow:registry:Distribution", name, {}, opts);
    const provider = this.#provider(name, args);
    const made = this.#objects(provider, args);
    this.parts = [...made.values()];
    this.dnsRecord = dnsRecordOf(made, args);
    this.registerOutputs({});
  }

  #provider(name: string, { settings: { kubeconfig, context } }: DistributionArgs): Provider {
    return kubernetesProvider(`${name}-kubernetes`, { kubeconfig, context }, { parent: this });
  }

  /** Each after the one before: a claim wants its namespace, and pods all that they mount. */
  #objects(provider: Provider, { environment, ...args }: DistributionArgs): ReadonlyMap<string, Manifest> {
    const made = new Map<string, Manifest>();
    for (const object of distributionObjects(args)) {
      const retained = isRetained(object) ? { retainOnDelete: true, protect: environment === "prod" } : {};
      const dependsOn = [...made.values()].slice(-1);
      made.set(objectId(object), new Manifest(object, { parent: this, provider, dependsOn, ...retained }));
    }
    return made;
  }
}

function dnsRecordOf(
  made: ReadonlyMap<string, Manifest>,
  { registry, settings: { namespace, service } }: DistributionArgs,
): pulumi.Output<string> | undefined {
  if (service.type !== "LoadBalancer") return undefined;
  const live = pulumi.output({ status: made.get(idOf("Service", namespace, SERVICE))?.status });
  return live.apply((found) => recordText(addressOf(registry).host, loadBalancerAddress(found)));
}
