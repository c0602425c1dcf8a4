import * as eks from "@pulumi/aws/eks/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterRequest } from "../../contract.ts";
import { pulledAs } from "../../furnishing/pulling.ts";
import { Manifest } from "../../../kubeflow/manifest.ts";
import { autoscaling, TRUST_PODS } from "../identity/documents.ts";
import { AwsRole } from "../identity/role.ts";
import type { EksVersion } from "../versions.ts";
import { AUTOSCALER, autoscalerObjects } from "./objects.ts";

export interface AwsAutoscalingArgs {
  readonly clusterName: string;
  readonly cluster: eks.Cluster;
  readonly region: string;
  readonly version: EksVersion;
  readonly request: ClusterRequest;
  /** Of the cluster's objects. */
  readonly kubernetes: pulumi.ProviderResource;
}

/** The Cluster Autoscaler, which starts and stops nodes within the bounds of their pools. */
export class AwsAutoscaling extends pulumi.ComponentResource {
  constructor(name: string, args: AwsAutoscalingArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:AwsAutoscaling", name, {}, opts);
    const { cluster, request, version, ...place } = args;
    const role = new AwsRole(
      name,
      { trust: TRUST_PODS, inline: { scale: autoscaling(args.clusterName) } },
      { parent: this },
    );
    const identity = new eks.PodIdentityAssociation(
      name,
      {
        clusterName: cluster.name,
        namespace: AUTOSCALER.namespace,
        serviceAccount: AUTOSCALER.name,
        roleArn: role.arn,
      },
      { parent: this, dependsOn: [role], deletedWith: cluster },
    );
    // A pod learns of its role when it starts.
    for (const object of autoscalerObjects({ ...place, image: version.autoscaler })) {
      new Manifest(pulledAs(object, request), {
        parent: this,
        provider: args.kubernetes,
        dependsOn: [identity],
        deletedWith: cluster,
      });
    }
    this.registerOutputs({});
  }
}
