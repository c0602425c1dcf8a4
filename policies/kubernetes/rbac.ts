import { textAt, textsAt } from "../reading.ts";
import type { KubernetesSubject, Resource, Subject } from "../resource.ts";
import { EACH, expand } from "./places.ts";

const GROUP = "rbac.authorization.k8s.io";

/** A part of an object of RBAC: a rule of a role, or a subject of a binding. */
export interface GrantSubject extends Subject {
  readonly object: KubernetesSubject;
}

/** The rules of the Roles and ClusterRoles of a resource. */
export function permissions(resource: Resource): GrantSubject[] {
  return membersOf(resource, ["Role", "ClusterRole"], "rules");
}

/** The subjects of the RoleBindings and ClusterRoleBindings of a resource. */
export function grantees(resource: Resource): GrantSubject[] {
  return membersOf(resource, ["RoleBinding", "ClusterRoleBinding"], "subjects");
}

/** The RoleBindings and ClusterRoleBindings of a resource. */
export function bindings({ objects }: Resource): KubernetesSubject[] {
  return objects.filter(({ group, kind }) => group === GROUP && /^(Cluster)?RoleBinding$/.test(kind));
}

function membersOf(resource: Resource, kinds: readonly string[], list: string): GrantSubject[] {
  return resource.objects
    .filter(({ group, kind }) => group === GROUP && kinds.includes(kind))
    .flatMap((object) =>
      expand(object.value, [list, EACH]).map(({ value, path }) => {
        return { resource, object, value, path: [...object.path, ...path], name: object.name };
      }),
    );
}

/** Something that a rule of a role may let its holder do. */
export interface Power {
  readonly group: string;
  /** Of which one suffices; with subresources: `pods/exec`. */
  readonly resources: readonly string[];
  /** Of which one suffices. */
  readonly verbs: readonly string[];
}

/** Whether a rule of a role gives a power, be it by a wildcard. Throws UnknownValue where that cannot be told. */
export function gives(rule: unknown, { group, resources, verbs }: Power): boolean {
  return (
    textsAt(rule, "apiGroups").some((given) => given === "*" || given === group) &&
    textsAt(rule, "resources").some((given) => resources.some((wanted) => isOrHolds(given, wanted))) &&
    textsAt(rule, "verbs").some((given) => given === "*" || verbs.includes(given))
  );
}

/** Whether a rule is about objects of given names only. */
export function isLimitedToNames(rule: unknown): boolean {
  return textsAt(rule, "resourceNames").length > 0;
}

/** As RBAC has it: `*` is everything and `*` with a subresource that of everything; `pods/*` is nothing. */
function isOrHolds(given: string, wanted: string): boolean {
  const subresource = wanted.indexOf("/");
  return given === "*" || given === wanted || (subresource >= 0 && given === `*${wanted.slice(subresource)}`);
}

/** `Group system:authenticated`, `ServiceAccount kubeflow/default`: whom a subject of a binding names. */
export function granteeOf(subject: unknown): { readonly kind: string; readonly name: string } {
  return { kind: textAt(subject, "kind") ?? "", name: textAt(subject, "name") ?? "" };
}
