import { at, groupKind, listAt } from "../../kit/objects.ts";
import type { Repair } from "./repair.ts";

export const emptyRules: Repair = {
  name: "empty-rules",
  why: "the API server stores a role without rules as one that has no list of them, so that Pulumi finds the empty list missing in every update",
  evidence: "seen with Pulumi 3.274.1 and its Kubernetes plugin: 3 of 693 objects were updated each time",
  apply: (object) => {
    const isRole = groupKind(object) === "ClusterRole.rbac.authorization.k8s.io";
    // An aggregated role gets its rules from a controller.
    if (!isRole || at(object, "rules") === undefined || at(object, "aggregationRule") !== undefined) return object;
    if (listAt(object, "rules").length > 0) return object;
    const { rules: _, ...rest } = object;
    return rest;
  },
};
