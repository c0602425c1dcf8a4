import { closest, distance } from "fastest-levenshtein";

/** Whether somebody may have meant `known` by `name`. */
export function isAlmost(name: string, known: string): boolean {
  return distance(name, known) <= Math.max(2, name.length / 3);
}

/** ` (did you mean prod?)`; nothing where no name is near. Versions are near by their numbers, not by their letters. */
export function nearest(name: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const version = nearestVersion(name, known);
  if (version !== undefined) return ` (did you mean ${version}?)`;
  const candidate = closest(name, known);
  return isAlmost(name, candidate) ? ` (did you mean ${candidate}?)` : "";
}

const VERSION = /^v?(\d+(?:\.\d+)+)$/;

/** Undefined where not all of them are versions. */
function nearestVersion(name: string, known: readonly string[]): string | undefined {
  const wanted = numbersOf(name);
  if (wanted === undefined) return undefined;
  let best: { readonly version: string; readonly distance: readonly number[] } | undefined;
  for (const version of known) {
    const distance = numbersOf(version)?.map((number, place) => Math.abs(number - (wanted[place] ?? 0)));
    if (distance === undefined) return undefined;
    if (best === undefined || isLess(distance, best.distance)) best = { version, distance };
  }
  return best?.version;
}

function numbersOf(version: string): number[] | undefined {
  return VERSION.exec(version)?.[1]?.split(".").map(Number);
}

/** The first number that differs decides. */
function isLess(one: readonly number[], other: readonly number[]): boolean {
  const place = one.findIndex((number, index) => number !== (other[index] ?? 0));
  return (one[place] ?? 0) < (other[place] ?? 0);
}
