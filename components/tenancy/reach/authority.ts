import type { KubernetesObject } from "../../kit/objects.ts";
import { type Ask, OBJECT_POWERS, type ObjectPower } from "./powers.ts";
import type { Grant } from "./rbac/index.ts";
import { permits, type Rule } from "./rbac/rules.ts";
import { objectsOf, type Resource, resourceOf, type Scope, scopeOf } from "./resources.ts";

/** Over any object, or only over those that a rule names. */
export type Extent = "any" | "named";

/** How far somebody has a power, and the bindings that give it. */
export interface Held {
  readonly extent: Extent;
  readonly by: readonly string[];
}

/** The powers over objects that grants come to in a scope. */
export type Authority = (grants: readonly Grant[], scope: Scope) => Map<ObjectPower, Held>;

/** Judges by the rules of grants; each list of rules is looked at once, whoever has it. */
export function authorityOver(objects: readonly KubernetesObject[]): Authority {
  const any = { namespace: objectsOf("namespace", objects), cluster: objectsOf("cluster", objects) };
  const known = {
    namespace: new WeakMap<readonly Rule[], Extents>(),
    cluster: new WeakMap<readonly Rule[], Extents>(),
  };
  const extentsOf = (rules: readonly Rule[], scope: Scope): Extents => {
    const found = known[scope].get(rules) ?? extentsIn(rules, scope, any[scope]);
    known[scope].set(rules, found);
    return found;
  };
  return (grants, scope) => {
    const powers = new Map<ObjectPower, Held>();
    for (const { binding, rules } of grants) {
      for (const [power, extent] of extentsOf(rules, scope)) {
        const { by = [], extent: before = extent } = powers.get(power) ?? {};
        powers.set(power, { extent: before === "any" ? before : extent, by: [...by, binding].sort() });
      }
    }
    return powers;
  };
}

type Extents = ReadonlyMap<ObjectPower, Extent>;

function extentsIn(rules: readonly Rule[], scope: Scope, any: readonly Resource[]): Extents {
  const extents = (Object.keys(OBJECT_POWERS) as ObjectPower[]).flatMap((power) => {
    const asks: readonly Ask[] = OBJECT_POWERS[power].asks;
    const extent = (["any", "named"] as const).find((candidate) =>
      asks.some((ask) => isGiven(ask, rules, scope, any, candidate)),
    );
    return extent === undefined ? [] : [[power, extent] as const];
  });
  return new Map(extents);
}

function isGiven(
  { verbs, resources }: Ask,
  rules: readonly Rule[],
  scope: Scope,
  any: readonly Resource[],
  extent: Extent,
): boolean {
  const asked = resources === "objects" ? any : resources.map(resourceOf).filter((it) => isAskedIn(scope, it));
  return rules
    .filter(({ names }) => names.length === 0 || extent === "named")
    .map((rule): Rule => ({ ...rule, names: [] }))
    .some((rule) => verbs.some((verb) => asked.some((resource) => permits(rule, { verb, ...resource }))));
}

/** A Namespace is of the cluster, but a request about one counts as made in it. */
function isAskedIn(scope: Scope, resource: Resource): boolean {
  return scopeOf(resource) === scope || resource.resource === "namespaces";
}
