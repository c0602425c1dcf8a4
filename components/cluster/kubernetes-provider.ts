import { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../kit/defined.ts";

/** How a cluster is reached; what is left out is the one that kubectl would use. */
export interface KubernetesAccess {
  /** Made secret here. */
  readonly kubeconfig?: pulumi.Input<string> | undefined;
  readonly context?: string | undefined;
  /** What stays the same when a kubeconfig is written anew; otherwise its text tells clusters apart. */
  readonly clusterIdentifier?: pulumi.Input<string> | undefined;
}

/** The provider that every object of the platform is applied through, whatever the cloud. */
export function kubernetesProvider(
  name: string,
  { kubeconfig, context, clusterIdentifier }: KubernetesAccess,
  opts: pulumi.ResourceOptions,
): Provider {
  return new Provider(
    name,
    {
      ...defined({
        kubeconfig: kubeconfig === undefined ? undefined : pulumi.secret(kubeconfig),
        context,
        clusterIdentifier,
      }),
      // An interrupted run leaves objects that its state does not know. The next one adopts them, and has to take the
      // fields over from the run that made them, which wrote under another name.
      upsertExistingObjects: true,
      enablePatchForce: true,
      suppressDeprecationWarnings: true,
    },
    opts,
  );
}
