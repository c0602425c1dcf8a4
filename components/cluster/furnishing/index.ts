import * as pulumi from "@pulumi/pulumi";
import { groupKind, type KubernetesObject } from "../../kit/objects.ts";
import { Manifest } from "../../kubeflow/manifest.ts";
import type { Cloud, Cluster, ClusterRequest } from "../contract.ts";
import { furnishingObjects } from "./objects.ts";

export interface FurnishingArgs {
  readonly cloud: Cloud;
  readonly cluster: Cluster;
  readonly request: ClusterRequest;
}

/** What a cluster needs before the platform comes, and its cloud does not bring: {@link furnishingObjects}. */
export class Furnishing extends pulumi.ComponentResource {
  constructor(name: string, { cloud, cluster, request }: FurnishingArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubeflow:cluster:Furnishing", name, {}, { ...opts, provider: cluster.provider });
    const formerDefaults = new Set(cluster.formerDefaults?.map((storageClass) => storageClass.name));
    for (const object of furnishingObjects(cloud, cluster, request)) {
      const isTheClouds = isStorageClass(object) && formerDefaults.has(object.metadata.name);
      new Manifest(object, {
        parent: this,
        ...(cluster.resource === undefined ? {} : { deletedWith: cluster.resource }),
        ...(isTheClouds ? { retainOnDelete: true } : {}),
      });
    }
    this.registerOutputs({});
  }
}

function isStorageClass(object: KubernetesObject): boolean {
  return groupKind(object) === "StorageClass.storage.k8s.io";
}
