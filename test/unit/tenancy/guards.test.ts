import { describe, expect, it } from "vitest";
import { groupKind } from "../../../components/kit/objects.ts";
import { guardsFor } from "../../../components/tenancy/guards/index.ts";
import { GUARD_OPTIONS, guardCases, requestOf } from "../../kit/tenancy/guard-cases.ts";

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
