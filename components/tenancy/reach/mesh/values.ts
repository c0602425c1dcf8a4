/** A list of what a field may be, and one of what it may not be; undefined lists restrict nothing. */
export interface Choice {
  readonly values: readonly string[] | undefined;
  readonly notValues: readonly string[] | undefined;
}

/** Whether a value, undefined where there is none, is one that a policy means. */
export function isChosen({ values, notValues }: Choice, value: string | undefined): boolean {
  const isOneOf = (patterns: readonly string[]) => value !== undefined && patterns.some((it) => matches(it, value));
  return (values === undefined || isOneOf(values)) && (notValues === undefined || !isOneOf(notValues));
}

/** Exact, `*` for any value at all, or a star at one end for whatever stands there. */
function matches(pattern: string, value: string): boolean {
  if (pattern === "*") return value !== "";
  if (pattern.startsWith("*")) return value.endsWith(pattern.slice(1));
  return pattern.endsWith("*") ? value.startsWith(pattern.slice(0, -1)) : value === pattern;
}
