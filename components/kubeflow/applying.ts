import type * as pulumi from "@pulumi/pulumi";
import { at, groupKind, type KubernetesObject } from "../kit/objects.ts";
import { ownedByControllers } from "./order/ownership.ts";
import { isRetained } from "./removal.ts";

export interface ApplyingOptions {
  /** Seconds for which one object is tried again, and may take to be ready. */
  readonly deadlineSeconds: number;
  /** The cluster, where it goes together with the platform: then nothing is deleted one by one that goes with it. */
  readonly deletedWith?: pulumi.Resource | undefined;
}

/** The options of objects that are applied together: retried while the platform comes up, bounded by the deadline. */
export function applying(
  retry: pulumi.ErrorHook,
  { deadlineSeconds, deletedWith }: ApplyingOptions,
): (object?: KubernetesObject) => pulumi.CustomResourceOptions {
  const timeout = `${deadlineSeconds}s`;
  const common = { hooks: { onError: [retry] }, customTimeouts: { create: timeout, update: timeout } };
  const goesAlong = deletedWith === undefined ? {} : { deletedWith };
  return (object) => {
    if (object === undefined) return { ...common, ...goesAlong };
    const owned = ownedByControllers(object);
    return {
      ...common,
      ...(ownsLoadBalancer(object) ? {} : goesAlong),
      ...(owned.length === 0 ? {} : { ignoreChanges: [...owned] }),
      ...(isRetained(object) ? { retainOnDelete: true } : {}),
    };
  };
}

/** A load balancer is the cloud's: deleting the cluster under it would leave it behind. */
function ownsLoadBalancer(object: KubernetesObject): boolean {
  return groupKind(object) === "Service" && at(object, "spec", "type") === "LoadBalancer";
}
