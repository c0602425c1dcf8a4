import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accessOf } from "../../../../components/tenancy/reach/rbac/index.ts";
import { person } from "../../../../components/tenancy/reach/rbac/subjects.ts";
import { ADA, bind, clusterRole } from "../../../kit/grants.ts";

describe("any roles and bindings", () => {
  const word = fc.constantFrom("a", "b", "*");
  const rule = fc.record({
    apiGroups: fc.array(word, { maxLength: 2 }),
    resources: fc.array(fc.constantFrom("a", "b", "a/s", "*", "*/s"), { maxLength: 2 }),
    verbs: fc.array(word, { maxLength: 2 }),
    resourceNames: fc.array(fc.constantFrom("x", "y"), { maxLength: 1 }),
  });
  const namespace = fc.constantFrom("n", "m", undefined);
  const grant = fc.tuple(fc.array(rule, { maxLength: 2 }), namespace, fc.constantFrom("ada", "ben"));
  const objectsOf = (grants: readonly [object[], string | undefined, string][]) =>
    grants.flatMap(([rules, place, name], index) => [
      clusterRole(`r${index}`, rules),
      bind(place, `r${index}`, [{ kind: "User", name }]),
    ]);
  const attempt = fc
    .record({
      verb: fc.constantFrom("a", "b", "c"),
      group: fc.constantFrom("a", "b", "c"),
      resource: fc.constantFrom("a", "b", "c", "a/s", "c/s"),
      name: fc.constantFrom("x", "y", undefined),
      namespace,
    })
    .map(({ name, namespace: place, ...rest }) => ({
      ...rest,
      ...(name === undefined ? {} : { name }),
      ...(place === undefined ? {} : { namespace: place }),
    }));
  const grants = fc.array(grant, { maxLength: 4 });

  it("only add up: one more takes nothing away, and their order does not matter", () => {
    fc.assert(
      fc.property(grants, grants, attempt, (some, more, wanted) => {
        const before = accessOf(objectsOf(some)).can(person("ada"), wanted);
        const after = accessOf(objectsOf([...some, ...more])).can(person("ada"), wanted);
        const turned = accessOf(objectsOf([...some, ...more]).toReversed()).can(person("ada"), wanted);
        expect(after || !before).toBe(true);
        expect(turned).toBe(after);
      }),
    );
  });

  it("of one namespace or user are nothing in another or to another", () => {
    fc.assert(
      fc.property(grants, attempt, (all, wanted) => {
        const foreign = all.filter(
          ([, place, name]) => name === "ben" || (place !== undefined && place !== wanted.namespace),
        );
        expect(accessOf(objectsOf(foreign)).can(person("ada"), wanted)).toBe(false);
      }),
    );
  });

  it("allow what somebody who may do everything in a namespace may, and no more", () => {
    const everything = { apiGroups: ["*"], resources: ["*"], verbs: ["*"] };
    const all = accessOf([clusterRole("all", [everything]), bind("n", "all", [ADA])]);
    fc.assert(
      fc.property(attempt, (wanted) => {
        expect(all.can(person("ada"), wanted)).toBe(wanted.namespace === "n");
      }),
    );
  });
});
