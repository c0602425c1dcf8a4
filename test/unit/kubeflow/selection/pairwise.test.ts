import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { releases } from "../../../../components/kubeflow/releases/index.ts";
import {
  type ComponentTable,
  conflictsIn,
  type Selection,
} from "../../../../components/kubeflow/selection/components.ts";
import { holds, pairsOf, pairwise } from "../../../kit/pairwise.ts";

/** Tables whose components need others that stand before them. */
const tables = fc
  .array(fc.array(fc.nat({ max: 6 }), { maxLength: 2 }), { minLength: 1, maxLength: 7 })
  .map((needs): ComponentTable =>
    Object.fromEntries(
      needs.map((others, index) => [
        `c${index}`,
        {
          byDefault: true,
          needs: Object.fromEntries(others.filter((other) => other < index).map((other) => [`c${other}`, "so"])),
        },
      ]),
    ),
  );

/** All selections of a table, allowed or not. */
function everySelection(table: ComponentTable): Selection[] {
  return Object.keys(table).reduce<Selection[]>(
    (selections, name) => selections.flatMap((one) => [true, false].map((isOn) => ({ ...one, [name]: isOn }))),
    [{}],
  );
}

describe("the pairwise set", () => {
  it("holds every pair of values that any allowed selection holds, in allowed selections only", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const set = pairwise(table);
        const allowed = everySelection(table).filter((selection) => conflictsIn(table, selection).length === 0);
        const names = Object.keys(table);
        const keyOf = (selection: Selection, a: string, b: string) => `${a}=${selection[a]} ${b}=${selection[b]}`;
        const pairs = (selections: readonly Selection[]) =>
          new Set(
            selections.flatMap((one) =>
              names.flatMap((a, index) => names.slice(index + 1).map((b) => keyOf(one, a, b))),
            ),
          );
        expect(pairs(set)).toEqual(pairs(allowed));
        for (const selection of set) expect(conflictsIn(table, selection)).toEqual([]);
      }),
    );
  });

  it("is far smaller than all selections", () => {
    const table = releases["1.8.1"].components;
    const set = pairwise(table);
    expect(pairsOf(table).every((pair) => set.some((selection) => holds(selection, pair)))).toBe(true);
    expect(set.length).toBeLessThanOrEqual(12);
  });
});
