import type { z } from "zod";
import { exemptionsValid, type exemptionParameters } from "../rules/meta-exemptions-valid.ts";
import type { Circumstances } from "./register.ts";

/** The rule whose parameters say what the exemptions of a stack are measured against. */
export const CIRCUMSTANCES_RULE = exemptionsValid;

/** The circumstances that its parameters tell, today. One stack cannot tell which exemptions others need. */
export function circumstancesOf(parameters: Record<string, unknown>, now = new Date()): Circumstances {
  const { stack, versions, maxDays } = parameters as z.infer<typeof exemptionParameters>;
  return { stackClass: stack, versions, maxDays, today: now.toISOString().slice(0, 10), isJudged: () => false };
}
