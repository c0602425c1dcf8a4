/** How often everything is measured in one run; the middle one counts. */
export const ROUNDS = 3;

/**
 * Measures each contender once a round, in turn: A, B, A, B, ... so that what else the machine does meets all alike.
 * Returns the measurements of each contender in the order of the rounds.
 */
export async function alternate<K extends string, T>(
  contenders: Readonly<Record<K, (round: number) => Promise<T>>>,
  rounds: number = ROUNDS,
): Promise<Record<K, T[]>> {
  const names = Object.keys(contenders) as K[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<K, T[]>;
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) measured[name].push(await contenders[name](round));
  }
  return measured;
}

/** The middle value, or the mean of the two in the middle. Throws RangeError for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError("there is no median of nothing");
  return (lower + upper) / 2;
}

/** The median with what it lies between: `17.2 (16.9 to 18.0)`. */
export function spread(values: readonly number[], digits = 1): string {
  const [low, middle, high] = [Math.min(...values), median(values), Math.max(...values)].map((value) =>
    value.toFixed(digits),
  );
  return low === high ? `${middle}` : `${middle} (${low} to ${high})`;
}
