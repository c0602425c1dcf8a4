import type { Deviation } from "./contract.ts";

/** A deviation for people. */
export function deviationText({ setting, asked, given }: Deviation): string {
  return `${setting}: asked for ${asked}; given ${given}`;
}
