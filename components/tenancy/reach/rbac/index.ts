import { UserError } from "../../../kit/errors.ts";
import { groupKind, type KubernetesObject, listAt, objectId, textAt } from "../../../kit/objects.ts";
import { builtInRoles, isForeignBuiltIn } from "./built-in.ts";
import { type Roles, rolesOf } from "./roles.ts";
import { type Attempt, permits, type Rule } from "./rules.ts";
import { accountName, MASTERS, type Subject } from "./subjects.ts";

export type { Attempt, Rule } from "./rules.ts";

const RBAC = "rbac.authorization.k8s.io";

/** The rules that one binding gives to its subjects. */
export interface Grant {
  /** Id of the binding, as `objectId` writes it. */
  readonly binding: string;
  readonly rules: readonly Rule[];
}

/** What the RBAC objects of a cluster say. */
export interface Access {
  /** Grants that count in a namespace, or without one for objects of the whole cluster. */
  readonly grantsOf: (subject: Subject, namespace?: string) => readonly Grant[];
  /** Whether the API server would allow it. */
  readonly can: (subject: Subject, attempt: Attempt) => boolean;
}

/**
 * RBAC as the API server judges by it, over objects as they are applied and what every API server grants by itself.
 * Throws UserError for a binding to a built-in role whose rules are not known here.
 */
export function accessOf(objects: readonly KubernetesObject[]): Access {
  const all = [...builtInRoles(), ...objects];
  const roles = rolesOf(all);
  const bySubject = new Map<string, Map<string, Grant[]>>();
  for (const binding of all) {
    const scope = scopeOf(binding);
    if (scope === undefined) continue;
    const grant = { binding: objectId(binding), rules: rulesBound(binding, roles) };
    for (const key of new Set(listAt(binding, "subjects").map((subject) => keyOf(subject, binding)))) {
      const scopes = bySubject.get(key) ?? new Map<string, Grant[]>();
      bySubject.set(key, scopes.set(scope, [...(scopes.get(scope) ?? []), grant]));
    }
  }
  const grantsOf: Access["grantsOf"] = ({ user, groups }, namespace) => {
    const keys = [userKey(user), ...groups.map(groupKey)];
    const scopes = namespace === undefined ? [EVERYWHERE] : [EVERYWHERE, namespace];
    return keys.flatMap((key) => scopes.flatMap((scope) => bySubject.get(key)?.get(scope) ?? []));
  };
  return {
    grantsOf,
    can: (subject, attempt) =>
      subject.groups.includes(MASTERS) ||
      grantsOf(subject, "path" in attempt ? undefined : attempt.namespace).some(({ rules }) =>
        rules.some((rule) => permits(rule, attempt)),
      ),
  };
}

/** No namespace has this name. */
const EVERYWHERE = "*";

/** Where a binding counts: its namespace, or everywhere; undefined for what is no binding. */
function scopeOf(object: KubernetesObject): string | undefined {
  switch (groupKind(object)) {
    case `ClusterRoleBinding.${RBAC}`:
      return EVERYWHERE;
    case `RoleBinding.${RBAC}`:
      return object.metadata.namespace ?? "default";
    default:
      return undefined;
  }
}

/** A binding to a role that is not there grants nothing. */
function rulesBound(binding: KubernetesObject, roles: Roles): readonly Rule[] {
  const name = textAt(binding, "roleRef", "name") ?? "";
  if (textAt(binding, "roleRef", "kind") === "Role") {
    return roles.namespaced(binding.metadata.namespace ?? "default", name) ?? [];
  }
  const rules = roles.cluster(name);
  if (rules === undefined && isForeignBuiltIn(name)) {
    throw new UserError(`${objectId(binding)} binds the ClusterRole ${name}, whose rules only the API server knows`, {
      next: "bind a role of the platform, such as kubeflow-view, kubeflow-edit or kubeflow-admin",
      exitCode: 2,
    });
  }
  return rules ?? [];
}

function keyOf(subject: unknown, binding: KubernetesObject): string {
  const name = textAt(subject, "name") ?? "";
  switch (textAt(subject, "kind")) {
    case "ServiceAccount":
      return userKey(accountName(textAt(subject, "namespace") ?? binding.metadata.namespace ?? "", name));
    case "Group":
      return groupKey(name);
    default:
      return userKey(name);
  }
}

function userKey(name: string): string {
  return `User ${name}`;
}

function groupKey(name: string): string {
  return `Group ${name}`;
}
