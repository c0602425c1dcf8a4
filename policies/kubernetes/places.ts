import { UNKNOWN, type Step } from "../reading.ts";

/** A value and where it stands, relative to what was searched. */
export interface Place {
  readonly value: unknown;
  readonly path: readonly Step[];
}

/** Steps of which `EACH` stands for every member of a list or map and a pattern for the keys that match it. */
export type Pattern = readonly (Step | RegExp)[];

export const EACH = /^/;

/** The places that a pattern leads to. Where it meets an unknown value, that value is the place: it may hold one. */
export function expand(value: unknown, pattern: Pattern): Place[] {
  let places: Place[] = [{ value, path: [] }];
  for (const step of pattern) places = places.flatMap((place) => stepped(place, step));
  return places;
}

export function isMap(value: unknown): value is Readonly<Record<Step, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function stepped(place: Place, step: Step | RegExp): Place[] {
  const { value, path } = place;
  if (value === UNKNOWN) return [place];
  if (typeof value !== "object" || value === null) return [];
  if (!(step instanceof RegExp)) {
    if (!Object.hasOwn(value, step)) return [];
    return [{ value: (value as Record<Step, unknown>)[step], path: [...path, step] }];
  }
  if (Array.isArray(value)) return value.map((member: unknown, index) => ({ value: member, path: [...path, index] }));
  return Object.entries(value)
    .filter(([key]) => step.test(key))
    .map(([key, field]) => ({ value: field as unknown, path: [...path, key] }));
}
