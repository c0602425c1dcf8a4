/** The engine stops asking an error hook after so many retries of one object. */
const MOST_RETRIES = 100;
/** Retries that the growing distances at the beginning may take. */
const RETRIES_TO_GROW = 10;
const LONGEST_PAUSE = 15;

/** Longest deadline that retries can fill without being too far apart to notice what has come. */
export const LONGEST_DEADLINE = "2h";

/**
 * Seconds before the next attempt: doubling from 1 s to at most 15 s, or to more where the engine's retries would not
 * last until the deadline otherwise.
 */
export function backoffSeconds(attempt: number, deadlineSeconds: number): number {
  const longest = Math.max(LONGEST_PAUSE, Math.ceil(deadlineSeconds / (MOST_RETRIES - RETRIES_TO_GROW)));
  return Math.min(2 ** Math.max(0, attempt - 1), longest);
}
