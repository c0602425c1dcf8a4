import type { Cloud } from "../../../../policies/gate/targets.ts";
import type { Mutant } from "./mutant.ts";

/** A mutant of one edit, which a check of a rule about clouds must find. */
export function mutant(
  cloud: Cloud,
  name: string,
  file: string,
  [from, to]: readonly [string, string],
  [rule, check, resource]: readonly [rule: string, check: string, resource: RegExp],
): Mutant {
  return { name: `${cloud}: ${name}`, cloud, edits: [{ file, from, to }], caught: { rule, check, resource } };
}
