import { textAt } from "../../../components/kit/objects.ts";
import type { Json, JsonObject } from "../../host/values.ts";
import { isObject } from "./objects.ts";

/** Fields that the API server does not let change, by kind; below them nothing may change either. */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["spec.selector"],
  DaemonSet: ["spec.selector"],
  StatefulSet: ["spec.selector", "spec.serviceName", "spec.podManagementPolicy", "spec.volumeClaimTemplates"],
  Job: ["spec.completions", "spec.selector", "spec.template", "spec.completionMode"],
  Pod: ["spec"],
  PersistentVolumeClaim: [
    "spec.accessModes",
    "spec.selector",
    "spec.storageClassName",
    "spec.volumeMode",
    "spec.volumeName",
  ],
  StorageClass: ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"],
  RoleBinding: ["roleRef"],
  ClusterRoleBinding: ["roleRef"],
  PriorityClass: ["value"],
  Secret: ["type"],
};

const IDENTITY = ["kind", "metadata.name", "metadata.namespace"];

/** The paths whose values differ, joined by dots; lists are compared as a whole. */
export function changedPaths(before: Json | undefined, after: Json | undefined, path = ""): readonly string[] {
  if (before === after) return [];
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => changedPaths(before[key], after[key], path === "" ? key : `${path}.${key}`));
  }
  if (Array.isArray(before) && Array.isArray(after) && sameList(before as readonly Json[], after as readonly Json[])) {
    return [];
  }
  return [path];
}

function sameList(before: readonly Json[], after: readonly Json[]): boolean {
  return before.length === after.length && before.every((item, index) => changedPaths(item, after[index]).length === 0);
}

/** Those of the changed paths that cannot change in place. */
export function replacingPaths(object: JsonObject, changed: readonly string[]): readonly string[] {
  const immutable = [...IDENTITY, ...(IMMUTABLE[textAt(object, "kind") ?? ""] ?? [])];
  return changed.filter((path) =>
    immutable.some((field) => path === field || path.startsWith(`${field}.`) || field.startsWith(`${path}.`)),
  );
}
