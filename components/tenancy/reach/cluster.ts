import { groupKind, type KubernetesObject } from "../../kit/objects.ts";
import { PRIVATE_RANGES } from "../../kubeflow/network/blocks.ts";
import { ANY_LABELS, type PodEndpoint, waysUnder } from "../../kubeflow/network/reach.ts";
import { endpointOf } from "../../kubeflow/network/reachability.ts";
import { meshOf } from "../../kubeflow/network/mesh.ts";
import { type Inventory, inventoryOf } from "../../kubeflow/order/inventory.ts";
import type { Workload } from "../../kubeflow/order/workload.ts";
import { profileSettingsIn, profilesIn, withProfileObjects } from "../profile-controller/expanded.ts";
import type { Profile } from "../profile-controller/objects.ts";
import type { ProfileSettings } from "../profile-controller/settings.ts";
import { type Authority, authorityOver } from "./authority.ts";
import { type Admits, admittedBy } from "./mesh/index.ts";
import { type Access, accessOf } from "./rbac/index.ts";

/** A cluster as its objects describe it, and what judges in it: RBAC, the network and the mesh. */
export interface Cluster {
  readonly inventory: Inventory;
  readonly profiles: ReadonlyMap<string, Profile>;
  /** How the profile controller knows users and the gateway. */
  readonly sso: ProfileSettings;
  /** Namespaces of profiles, and of everything else, each in alphabetical order. */
  readonly namespaces: { readonly profiles: readonly string[]; readonly platform: readonly string[] };
  /** All pods of a profile: their makers choose labels and ports. */
  readonly pods: ReadonlyMap<string, PodEndpoint>;
  /** The pods of a workload; the same ones are the same object. */
  readonly endpointOf: (workload: Workload) => PodEndpoint;
  readonly access: Access;
  readonly authority: Authority;
  /** What the network lets through between two. */
  readonly way: ReturnType<typeof waysUnder>;
  readonly admits: Admits;
}

/** The cluster that a plan's objects come to once controllers have made what belongs to its Profiles. */
export function clusterOf(planned: readonly KubernetesObject[]): Cluster {
  const objects = withProfileObjects(planned);
  const inventory = inventoryOf(objects);
  const profiles = profilesIn(objects);
  const names = [...profiles.keys()].sort();
  const endpoints = new Map(
    inventory.workloads.map((workload) => [
      workload,
      { ...endpointOf(workload, inventory), ranges: PRIVATE_RANGES } satisfies PodEndpoint,
    ]),
  );
  return {
    inventory,
    profiles,
    pods: new Map(names.map((name) => [name, anyPodOf(name, inventory)])),
    endpointOf: (workload) => endpoints.get(workload) ?? endpointOf(workload, inventory),
    sso: profileSettingsIn(objects),
    namespaces: {
      profiles: names,
      platform: namespacesIn(objects).filter((name) => !profiles.has(name)),
    },
    access: accessOf(objects),
    authority: authorityOver(objects),
    way: waysUnder(inventory.ofKind("NetworkPolicy.networking.k8s.io")),
    admits: admittedBy(objects, meshOf(inventory)?.rootNamespace),
  };
}

function anyPodOf(profile: string, inventory: Inventory): PodEndpoint {
  return {
    namespace: profile,
    namespaceLabels: inventory.namespaceLabels(profile),
    labels: ANY_LABELS,
    ranges: PRIVATE_RANGES,
  };
}

/** Those that objects are in as well: that of Kubernetes itself is nobody's to create. */
function namespacesIn(objects: readonly KubernetesObject[]): string[] {
  const named = objects.flatMap((object) =>
    groupKind(object) === "Namespace" ? object.metadata.name : (object.metadata.namespace ?? []),
  );
  return [...new Set(["kube-system", ...named])].sort();
}
