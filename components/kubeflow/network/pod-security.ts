import { groupKind, type KubernetesObject, textAt } from "../../kit/objects.ts";
import { type Inventory, inventoryOf } from "../order/inventory.ts";
import type { Adjustment } from "../plan.ts";
import { hasSidecar } from "./mesh.ts";

/** Levels of the Pod Security Standards: what is refused, and what a client is warned of. */
interface Levels {
  readonly enforce: "privileged" | "baseline" | "restricted";
  readonly warn: "baseline" | "restricted";
}

const GUARDED: Levels = { enforce: "baseline", warn: "restricted" };

/** The init container that redirects traffic needs NET_ADMIN and NET_RAW, which baseline refuses. */
const WITH_REDIRECTING_INIT: Levels = { enforce: "privileged", warn: "baseline" };

/** File of labels that the profile controller puts on every profile's namespace. */
const PROFILE_LABELS_FILE = "namespace-labels.yaml";

/**
 * Labels of Pod Security on every namespace of the platform and of its profiles: baseline where nothing redirects
 * traffic from within a pod, which is everywhere with `cni`.
 */
export function podSecurityAdjustment({ cni }: { readonly cni: boolean }): Adjustment {
  return (objects) => {
    const inventory = inventoryOf(objects.map(({ object }) => object));
    return objects.map(({ object, part }) => ({ object: labelled(object, cni, inventory), part }));
  };
}

function labelled(object: KubernetesObject, cni: boolean, inventory: Inventory): KubernetesObject {
  if (groupKind(object) === "Namespace") {
    const { name, labels } = object.metadata;
    const isInjected = inventory.workloads.some(
      (workload) => workload.namespace === name && hasSidecar(workload, inventory),
    );
    const levels = labelsFor(cni || !isInjected ? GUARDED : WITH_REDIRECTING_INIT);
    return { ...object, metadata: { ...object.metadata, labels: { ...labels, ...levels } } };
  }
  const profileLabels = groupKind(object) === "ConfigMap" ? textAt(object, "data", PROFILE_LABELS_FILE) : undefined;
  if (profileLabels === undefined) return object;
  const added = Object.entries(labelsFor(cni ? GUARDED : WITH_REDIRECTING_INIT)).map(
    ([key, value]) => `${key}: "${value}"\n`,
  );
  const data = object["data"] as Readonly<Record<string, string>>;
  return { ...object, data: { ...data, [PROFILE_LABELS_FILE]: `${profileLabels.trimEnd()}\n${added.join("")}` } };
}

function labelsFor({ enforce, warn }: Levels): Readonly<Record<string, string>> {
  return { "pod-security.kubernetes.io/enforce": enforce, "pod-security.kubernetes.io/warn": warn };
}
