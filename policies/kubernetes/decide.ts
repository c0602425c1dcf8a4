import { UnknownValue } from "../reading.ts";

/**
 * Whether a question is answered with yes for one of several. What is unknown of one stands in the way only where no other
 * says yes: then UnknownValue is thrown.
 */
export function isSoForOne<T>(candidates: Iterable<T>, question: (candidate: T) => boolean): boolean {
  let unknown: UnknownValue | undefined;
  for (const candidate of candidates) {
    try {
      if (question(candidate)) return true;
    } catch (error) {
      if (!(error instanceof UnknownValue)) throw error;
      unknown ??= error;
    }
  }
  if (unknown !== undefined) throw unknown;
  return false;
}

/** The first for which a question is answered with yes. Throws UnknownValue where only what is unknown could be it. */
export function firstOf<T>(candidates: Iterable<T>, question: (candidate: T) => boolean): T | undefined {
  let found: T | undefined;
  isSoForOne(candidates, (candidate) => {
    if (!question(candidate)) return false;
    found = candidate;
    return true;
  });
  return found;
}

/** Whether it is known that a question is answered with yes. */
export function isKnownToBeSo(question: () => boolean): boolean {
  try {
    return question();
  } catch (error) {
    if (error instanceof UnknownValue) return false;
    throw error;
  }
}
