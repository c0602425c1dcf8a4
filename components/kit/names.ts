import { closest, distance } from "fastest-levenshtein";

/** Whether somebody may have meant `known` by `name`. */
export function isAlmost(name: string, known: string): boolean {
  return distance(name, known) <= Math.max(2, name.length / 3);
}

/** ` (did you mean prod?)`; nothing where no name is near. */
export function nearest(name: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const candidate = closest(name, known);
  return isAlmost(name, candidate) ? ` (did you mean ${candidate}?)` : "";
}
