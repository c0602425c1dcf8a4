import type { ComponentTable, Selection } from "../../components/kubeflow/selection/components.ts";

/** One component at one value. */
export interface Choice {
  readonly name: string;
  readonly isOn: boolean;
}

/** Two choices that some allowed selection holds. */
export type Pair = readonly [Choice, Choice];

/** Every pair of values of two components that the needs of a table allow. */
export function pairsOf(table: ComponentTable): Pair[] {
  const choices = Object.keys(table).flatMap((name) => [true, false].map((isOn): Choice => ({ name, isOn })));
  return choices
    .flatMap((a, index) => choices.slice(index + 1).map((b): Pair => [a, b]))
    .filter(([a, b]) => a.name !== b.name && holds(close(table, close(table, {}, a), b), [a, b]));
}

/**
 * A small set of allowed selections that holds every pair: greedy, always the one that holds most of the pairs that none
 * has yet. The same table always gives the same set.
 */
export function pairwise(table: ComponentTable): Selection[] {
  let missing = pairsOf(table);
  const selections: Selection[] = [];
  while (missing.length > 0) {
    const countOf = (selection: Selection) => missing.filter((pair) => holds(selection, pair)).length;
    const best = candidates(table, missing).reduce((most, other) => (countOf(other) > countOf(most) ? other : most));
    selections.push(best);
    missing = missing.filter((pair) => !holds(best, pair));
  }
  return selections;
}

/** For each pair the selection that begins with it and takes in, in turn, those after it that agree. */
function candidates(table: ComponentTable, missing: readonly Pair[]): Selection[] {
  return missing.map((_, first) =>
    filled(
      table,
      [...missing.slice(first), ...missing.slice(0, first)].flat().reduce<Selection>((selection, choice) => {
        const widened = close(table, selection, choice);
        return agrees(selection, widened) ? widened : selection;
      }, {}),
    ),
  );
}

export function holds(selection: Selection, [a, b]: Pair): boolean {
  return selection[a.name] === a.isOn && selection[b.name] === b.isOn;
}

/** The selection with a choice, and all that follows from it: what is on needs, and what needs what is off. */
function close(table: ComponentTable, selection: Selection, { name, isOn }: Choice): Selection {
  if (selection[name] === isOn) return selection;
  const next = isOn
    ? Object.keys(table[name]?.needs ?? {})
    : Object.keys(table).filter((other) => name in (table[other]?.needs ?? {}));
  return next.reduce((closing, other) => close(table, closing, { name: other, isOn }), {
    ...selection,
    [name]: isOn,
  });
}

/** Whether what was decided stays so. */
function agrees(before: Selection, after: Selection): boolean {
  return Object.entries(before).every(([name, isOn]) => after[name] === isOn);
}

/** What nothing decided is off, unless something that is on needs it. */
function filled(table: ComponentTable, selection: Selection): Selection {
  return Object.keys(table).reduce(
    (filling, name) => (name in filling ? filling : close(table, filling, { name, isOn: false })),
    selection,
  );
}
