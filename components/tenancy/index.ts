import * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "../kit/objects.ts";
import { applying, type ApplyingOptions } from "../kubeflow/applying.ts";
import { Manifest } from "../kubeflow/manifest.ts";
import { retryHook } from "../kubeflow/retry/index.ts";
import { isRetained } from "../kubeflow/removal.ts";
import { type Machines, overcommitment } from "./capacity.ts";
import { objectsOf, type TenantObjects } from "./objects/index.ts";
import type { TenancySettings } from "./settings.ts";
import { FIRST_PROFILE, type Tenant } from "./tenants.ts";

export interface ProfilesArgs extends ApplyingOptions {
  /** What to apply, profile by profile. */
  readonly profiles: readonly TenantObjects[];
  /** What the namespaces come after. */
  readonly after: readonly pulumi.Resource[];
}

/** The profiles of a platform. */
export class Profiles extends pulumi.ComponentResource {
  /** How many objects were registered. */
  readonly objectCount: number;

  constructor(name: string, args: ProfilesArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:tenancy:Profiles", name, {}, opts);
    const retry = retryHook("kubeflow-retry-profiles", "its profile waits for it, no other does", args.deadlineSeconds);
    const options = applying(retry, args);
    const after = { dependsOn: [...args.after] };
    for (const objects of args.profiles)
      new Profile(objects.namespace.metadata.name, { objects, options, after }, { parent: this });
    this.objectCount = args.profiles.reduce((count, objects) => count + objectsOf(objects).length, 0);
    this.registerOutputs({ profiles: args.profiles.length });
  }
}

export interface OvercommitmentArgs {
  readonly tenants: readonly Tenant[];
  readonly tenancy: Pick<TenancySettings, "overcommit">;
  readonly cluster: { readonly nodes: Machines; readonly gpuPools: readonly Machines[] };
}

interface ProfileArgs {
  readonly objects: TenantObjects;
  readonly options: (object?: KubernetesObject) => pulumi.CustomResourceOptions;
  /** What the namespace comes after. */
  readonly after: pulumi.CustomResourceOptions;
}

/**
 * One profile: its namespace, then what bounds it, then the Profile, which has the controller start what belongs there.
 * People and configurations need no more than the namespace.
 */
export class Profile extends pulumi.ComponentResource {
  constructor(name: string, { objects, options, after }: ProfileArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:tenancy:Profile", name, {}, opts);
    const { namespace, bounds, profile, furnishings } = objects;
    const apply = (object: KubernetesObject, order: pulumi.CustomResourceOptions) =>
      new Manifest(object, { parent: this, ...options(object), ...order });
    const within = { dependsOn: [apply(namespace, after)] };
    // A namespace that stays keeps its bounds.
    const retained = isRetained(namespace) ? { retainOnDelete: true } : {};
    const bounding = bounds.map((object) => apply(object, { ...within, ...retained }));
    for (const object of furnishings) apply(object, within);
    apply(profile, { dependsOn: bounding });
    this.registerOutputs({});
  }
}

/** Tells where quotas add up to more than the machines have, unless the settings allow it. */
export async function warnOfOvercommitment({ tenants, tenancy, cluster }: OvercommitmentArgs): Promise<void> {
  if (tenancy.overcommit === "allow") return;
  const quotas = tenants.filter(({ name }) => name !== FIRST_PROFILE).map(({ quota }) => quota);
  const beyond = overcommitment(quotas, [cluster.nodes, ...cluster.gpuPools]);
  if (beyond.length === 0) return;
  await pulumi.log.warn(
    `quotas of profiles add up to ${beyond.join(", ")}: pods within quota may stay pending (tenancy.overcommit)`,
  );
}
