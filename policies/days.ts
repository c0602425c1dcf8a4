import { z } from "zod";

const DAY_MS = 86_400_000;

/** Parameter of rules that depend on the day. */
export const today = z.iso
  .date()
  .optional()
  .describe("The day on which the stack is judged, such as 2026-12-31; left out, it is the day of the check");

/** The day of the parameter, else that of the check. */
export function dayOf(parameter: string | undefined): string {
  return parameter ?? new Date().toISOString().slice(0, 10);
}

/** Whole days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.floor((Date.parse(to) - Date.parse(from)) / DAY_MS);
}
