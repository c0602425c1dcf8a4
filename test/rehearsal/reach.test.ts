import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KubernetesObject, listAt } from "../../components/kit/objects.ts";
import { withProfiles } from "../../components/tenancy/reach/plan.ts";
import { builtInRoles } from "../../components/tenancy/reach/rbac/built-in.ts";
import { type Attempt, type Rule, rulesIn } from "../../components/tenancy/reach/rbac/rules.ts";
import type { Subject } from "../../components/tenancy/reach/rbac/subjects.ts";
import { collectionOf, RBAC } from "../kit/access-reviews.ts";
import { AccessServer, OTHER, OTHER_GROUP, rulesTold, SPECIAL, VERBS } from "../kit/access-server.ts";
import { manyProfiles } from "../kit/many-profiles.ts";
import { plannedRelease } from "../kit/release.ts";
import { settingsOf } from "../kit/tenancy/tenants.ts";

let server: AccessServer;

beforeAll(async () => {
  const { config } = JSON.parse(manyProfiles(50)) as { config: Record<string, unknown> };
  const platform = (await plannedRelease()).waves.flat();
  server = await AccessServer.start("reach-fifty", withProfiles(platform, settingsOf(config)));
});
afterAll(() => server.stop());

describe("what the API server grants by itself", () => {
  const live = ({ kind, metadata }: KubernetesObject) =>
    server.client.read<KubernetesObject>(`${collectionOf({ kind, metadata })}/${metadata.name}`);

  it("is what is held here as built in", async () => {
    for (const object of builtInRoles()) {
      const found = await live(object);
      if (object.kind === "ClusterRole") expect(rulesTold(rulesIn(found))).toEqual(rulesTold(rulesIn(object)));
      else expect(listAt(found, "subjects")).toEqual(expect.arrayContaining([...listAt(object, "subjects")]));
    }
  });

  it("is no more than that, of what everybody or every ServiceAccount has", async () => {
    const { items } = await server.client.read<{ items: KubernetesObject[] }>(`/apis/${RBAC}/v1/clusterrolebindings`);
    const own = new Set(server.objects.map(({ metadata }) => metadata.name));
    const isForMany = (binding: KubernetesObject) =>
      /"system:(authenticated|serviceaccounts)"/.test(JSON.stringify(listAt(binding, "subjects")));
    const found = items.filter((binding) => !own.has(binding.metadata.name) && isForMany(binding));
    const held = builtInRoles().filter((object) => object.kind === "ClusterRoleBinding" && isForMany(object));
    const names = (objects: readonly KubernetesObject[]) => objects.map(({ metadata }) => metadata.name).sort();
    expect(names(found)).toEqual(names(held));
  });
});

describe("fifty profiles of ten", () => {
  it("have the aggregated roles that the controller comes to", async () => {
    expect(await server.aggregated()).toBeGreaterThan(10);
  });

  it("get for 5,000 questions about everybody the answers of the API server", async () => {
    await server.aggregated();
    const subject = fc.constantFrom(...server.rows.map((row) => row.subject));
    const place = fc.constantFrom(...server.namespaces, undefined);
    const plain = fc.tuple(fc.constantFrom(...server.resources()), fc.constantFrom(...VERBS));
    const special = fc.constantFrom(...SPECIAL).map(({ verb, ...resource }) => [resource, verb] as const);
    const ofResource = fc
      .tuple(subject, place, fc.oneof({ arbitrary: plain, weight: 9 }, special))
      .map(([who, where, [resource, verb]]): Question => [who, { ...resource, verb, ...inPlace(where) }]);
    // Of what somebody has: asked where they have it, or somewhere.
    const ofGrant = fc.tuple(subject, place, place, fc.nat()).map(([who, granted, elsewhere, seed]): Question => {
      const rules = server.access.grantsOf(who, granted).flatMap((grant) => grant.rules);
      return [who, attemptOf(pick(rules, seed), seed, seed % 2 === 0 ? granted : elsewhere)];
    });
    const questions = fc.sample(fc.oneof(ofResource, ofGrant), { numRuns: 5000, seed: 9 });
    const { disagreements, asked, allowed } = await server.compare(questions);
    expect(disagreements).toEqual([]);
    expect(asked).toBe(5000);
    expect(allowed).toBeGreaterThan(1000);
  });
});

type Question = readonly [Subject, Attempt];

/** Something that a rule gives, if it is asked where the rule counts. */
function attemptOf(rule: Rule, seed: number, namespace: string | undefined): Attempt {
  const verb = pick(rule.verbs, seed).replace("*", "anything");
  if (rule.paths.length > 0) return { verb, path: pick(rule.paths, seed).replace("*", "some/where") };
  const group = pick(rule.groups, seed).replace("*", OTHER_GROUP);
  const resource = pick(rule.resources, seed >> 3).replace("*", OTHER);
  const name = rule.names.length === 0 ? {} : { name: pick(rule.names, seed) };
  return { verb, group, resource, ...name, ...inPlace(namespace) };
}

function inPlace(namespace: string | undefined): { namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}

/** Some element, always the same for a number. */
function pick<T>(list: readonly T[], number: number): T {
  const found = list[number % list.length];
  if (found === undefined) throw new RangeError("nothing to pick from");
  return found;
}
