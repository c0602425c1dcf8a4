import type { KubernetesObject } from "../../components/kit/objects.ts";
import { RBAC } from "./access-reviews.ts";

const apiVersion = `${RBAC}/v1`;

/** A user to bind to. */
export const ADA = { kind: "User", name: "ada" };

export function clusterRole(name: string, rules: object[] | undefined, more: object = {}): KubernetesObject {
  return { apiVersion, kind: "ClusterRole", metadata: { name }, ...(rules === undefined ? {} : { rules }), ...more };
}

export function role(namespace: string, name: string, rules: object[]): KubernetesObject {
  return { apiVersion, kind: "Role", metadata: { name, namespace }, rules };
}

/** Binds a role to subjects, in the whole cluster where no namespace is given. */
export function bind(
  namespace: string | undefined,
  to: string,
  subjects: object[],
  kind = "ClusterRole",
): KubernetesObject {
  return {
    apiVersion,
    kind: namespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
    metadata: { name: `${to}-${JSON.stringify(subjects).length}`, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: RBAC, kind, name: to },
    subjects,
  };
}
