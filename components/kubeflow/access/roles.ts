import { type KubernetesObject, objectId } from "../../kit/objects.ts";
import type { Adjustment, PlannedObject } from "../plan.ts";
import type { Permission, PrivilegeTable, Regrant } from "./privileges.ts";

const RBAC = "rbac.authorization.k8s.io";

/** Roles with the rules of the table, bindings to new roles in place of those that give too much, unused ones left out. */
export function narrowedRoles(table: PrivilegeTable): Adjustment {
  const regrants = new Map(table.regrants.map((regrant) => [regrant.binding, regrant]));
  const unused = new Set(table.unused);
  return (planned) =>
    planned.flatMap((it) => {
      const id = objectId(it.object);
      if (unused.has(id)) return [];
      const regrant = regrants.get(id);
      if (regrant !== undefined) return regranted(it, regrant);
      const permissions = table.roles[id];
      return permissions === undefined ? [it] : [{ ...it, object: withRules(it.object, permissions) }];
    });
}

/** Rules as RBAC writes them. */
export function rulesOf(permissions: readonly Permission[]): readonly object[] {
  return permissions.map(({ group, resources, verbs, names }) => ({
    apiGroups: [group],
    resources,
    ...(names === undefined ? {} : { resourceNames: names }),
    verbs,
  }));
}

function withRules(role: KubernetesObject, permissions: readonly Permission[]): KubernetesObject {
  return { ...role, rules: rulesOf(permissions) };
}

function regranted({ object, part }: PlannedObject, { name, permissions }: Regrant): PlannedObject[] {
  const { labels } = object.metadata;
  const metadata = { name, ...(labels === undefined ? {} : { labels }) };
  const role = { apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata, rules: rulesOf(permissions) };
  const binding = { ...object, metadata, roleRef: { apiGroup: RBAC, kind: "ClusterRole", name } };
  return [
    { object: role, part },
    { object: binding, part },
  ];
}
