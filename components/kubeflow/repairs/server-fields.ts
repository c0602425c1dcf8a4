import { groupKind, listAt } from "../../kit/objects.ts";
import type { Repair } from "./repair.ts";

export const serverFields: Repair = {
  name: "server-fields",
  why: "some manifests carry fields that the API server or its controllers own (status, creationTimestamp, the rules of aggregated ClusterRoles); setting them starts a fight over who is right",
  evidence: "Kubernetes documentation: server-side apply, aggregated ClusterRoles",
  apply: (object) => {
    const { status, ...rest } = object;
    const { creationTimestamp, ...metadata } = rest.metadata;
    const isAggregated =
      groupKind(object) === "ClusterRole.rbac.authorization.k8s.io" &&
      rest["aggregationRule"] !== undefined &&
      rest["rules"] !== undefined &&
      listAt(rest, "rules").length === 0;
    if (status === undefined && creationTimestamp === undefined && !isAggregated) return object;
    const { rules, ...withoutRules } = rest;
    return { ...(isAggregated ? withoutRules : rest), apiVersion: object.apiVersion, kind: object.kind, metadata };
  },
};
