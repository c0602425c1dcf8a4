import { describe, expect, it } from "vitest";
import { groupKind } from "../../../components/kit/objects.ts";
import { guardsFor } from "../../../components/tenancy/guards/index.ts";
import { GUARD_OPTIONS, guardCases, requestOf } from "../../kit/tenancy/guard-cases/index.ts";
import { forbiddenByPack, WITHOUT_COUNTERPART } from "../../kit/tenancy/pack-verdicts.ts";

const guards = guardsFor(GUARD_OPTIONS);

describe("guards in TypeScript", () => {
  it.each(guardCases.map((one) => [one.guard, one.what, one] as const))("%s: %s", (name, _, one) => {
    const guard = guards.find((candidate) => candidate.name === name);
    const sentences = guard?.judge(requestOf(one));
    if (one.refused === undefined) expect(sentences).toEqual([]);
    else expect(sentences?.join("; ")).toContain(one.refused);
  });

  it("each have cases that they refuse and cases that they admit", () => {
    for (const { name } of guards) {
      const own = guardCases.filter(({ guard }) => guard === name);
      expect(
        own.some(({ refused }) => refused !== undefined),
        name,
      ).toBe(true);
      expect(
        own.some(({ refused }) => refused === undefined),
        name,
      ).toBe(true);
      expect(new Set(own.map(({ request }) => groupKind(request.object))).size, name).toBe(1);
    }
  });

  it("end each sentence with what to do", () => {
    for (const one of guardCases.filter(({ refused }) => refused !== undefined)) {
      const sentences = guards.flatMap((guard) => (guard.name === one.guard ? guard.judge(requestOf(one)) : []));
      for (const sentence of sentences) expect(sentence).toMatch(/: (set|leave|use|add|choose|install|ask)/);
    }
  });
});

describe("the policy pack, before anything is applied", () => {
  const judged = guardCases.filter(({ guard }) => !WITHOUT_COUNTERPART.includes(guard));

  it.each(judged.map((one) => [one.guard, one.what, one] as const))("judges alike of %s: %s", (_, __, one) => {
    const isForbidden = (forbiddenByPack(one)?.length ?? 0) > 0;
    const isRefused = one.refused !== undefined;
    expect(isForbidden, one.otherwise).toBe(one.otherwise === undefined ? isRefused : !isRefused);
  });

  it("has a rule for every guard but those of what only the API server sees", () => {
    const alone = guardCases.filter((one) => forbiddenByPack(one) === undefined).map(({ guard }) => guard);
    expect([...new Set(alone)]).toEqual(WITHOUT_COUNTERPART);
  });
});
