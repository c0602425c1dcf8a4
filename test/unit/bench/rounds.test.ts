import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alternate, median, spread } from "../../../bench/harness/rounds.ts";

describe("median", () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
  ])("of %j is %d", (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it("has at most half of the values on either side, in whichever order they come", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const middle = median(values);
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });

  it("of nothing is an error", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("alternate", () => {
  it("runs the contenders in turn and keeps their measurements apart", async () => {
    const order: string[] = [];
    const contender = (name: string) => (round: number) => {
      order.push(`${name}${round}`);
      return Promise.resolve(`${name}-${round}`);
    };
    const measured = await alternate({ a: contender("a"), b: contender("b") }, 3);
    expect(order).toEqual(["a1", "b1", "a2", "b2", "a3", "b3"]);
    expect(measured).toEqual({ a: ["a-1", "a-2", "a-3"], b: ["b-1", "b-2", "b-3"] });
  });
});

describe("spread", () => {
  it.each([
    [[17.24, 16.91, 18.01], "17.2 (16.9 to 18.0)"],
    [[2, 2, 2], "2.0"],
  ])("of %j is %s", (values, expected) => {
    expect(spread(values)).toBe(expected);
  });
});
