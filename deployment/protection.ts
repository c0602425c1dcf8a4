import { UserError } from "../components/kit/errors.ts";
import type { StackResource } from "./stack-resources.ts";

/**
 * Throws UserError that lists what in a stack may not be deleted. An engine would say so as well, but of one resource,
 * and some of them after it has deleted others.
 * @param next how the protection is lifted
 */
export function requireUnprotected(resources: readonly StackResource[], next: string): void {
  const kept = resources.filter(({ protect }) => protect);
  if (kept.length === 0) return;
  const lines = kept.map(({ urn, type }) => `  ${type} ${urn.split("::").at(-1)}`);
  throw new UserError(["nothing is destroyed: the setting cluster.protect (true in prod) keeps", ...lines].join("\n"), {
    next,
    exitCode: 2,
  });
}
