import { at, groupKind, type KubernetesObject, listAt } from "../../../kit/objects.ts";
import { meets } from "../../../kit/selectors.ts";
import { type Rule, rulesIn } from "./rules.ts";

const RBAC = "rbac.authorization.k8s.io";

/** Rules of the roles of a set of objects, aggregation done. */
export interface Roles {
  /** Of a ClusterRole; undefined where the set has none of that name. */
  readonly cluster: (name: string) => readonly Rule[] | undefined;
  /** Of a Role. */
  readonly namespaced: (namespace: string, name: string) => readonly Rule[] | undefined;
}

export function rolesOf(objects: readonly KubernetesObject[]): Roles {
  const clusterRoles = new Map(
    objects.filter((object) => groupKind(object) === `ClusterRole.${RBAC}`).map((role) => [role.metadata.name, role]),
  );
  const roles = new Map(
    objects
      .filter((object) => groupKind(object) === `Role.${RBAC}`)
      .map((role) => [`${role.metadata.namespace}/${role.metadata.name}`, rulesIn(role)]),
  );
  const aggregated = new Map<string, readonly Rule[]>();
  return {
    cluster: (name) => {
      const role = clusterRoles.get(name);
      if (role === undefined) return undefined;
      const rules = aggregated.get(name) ?? sourcesOf(role, clusterRoles).flatMap(rulesIn);
      aggregated.set(name, rules);
      return rules;
    },
    namespaced: (namespace, name) => roles.get(`${namespace}/${name}`),
  };
}

/**
 * The ClusterRoles whose own rules make up one. What an aggregated role says itself is overwritten by its controller,
 * which takes up what the selected roles have, their own aggregation included.
 */
function sourcesOf(role: KubernetesObject, all: ReadonlyMap<string, KubernetesObject>): KubernetesObject[] {
  const seen = new Set([role]);
  for (const aggregated of seen) {
    const selectors = listAt(aggregated, "aggregationRule", "clusterRoleSelectors");
    for (const candidate of all.values()) {
      const { labels = {} } = candidate.metadata;
      if (selectors.some((selector) => meets(labels, selector))) seen.add(candidate);
    }
  }
  return [...seen].filter((source) => at(source, "aggregationRule") === undefined);
}
