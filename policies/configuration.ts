import { z } from "zod";
import { UserError } from "../components/kit/errors.ts";
import type { Level, Rule, StackClass } from "./rule.ts";

/** How a rule is set: as a policy's entry of a configuration file says, defaults filled in. */
export interface RuleConfiguration {
  readonly parameters: Record<string, unknown>;
  /** Levels of single checks; none is higher than that of the rule. */
  readonly checkLevels: Readonly<Record<string, Level>>;
}

/** In every rule's entry beside its parameters. */
const CHECK_LEVELS = "checkLevels";

/** What a rule's entry may hold but for its level, as a schema. */
export function configurationSchema(rule: Rule): z.ZodObject {
  const names = Object.keys(rule.checks) as [string, ...string[]];
  const lowered = z
    .partialRecord(z.enum(names), z.enum(["mandatory", "advisory", "disabled"]))
    .default({})
    .describe("Levels of single checks, where they are lower than that of the rule");
  return z.strictObject({ ...rule.parameters?.shape, [CHECK_LEVELS]: lowered });
}

/** A rule's entry, checked. Throws UserError for a parameter that it does not have or a value that is not allowed. */
export function readConfiguration(rule: Rule, entry: Readonly<Record<string, unknown>>): RuleConfiguration {
  const result = configurationSchema(rule).safeParse(entry);
  if (!result.success) throw new ConfigurationError(rule, result.error);
  const { [CHECK_LEVELS]: checkLevels, ...parameters } = result.data;
  return { parameters, checkLevels: checkLevels as RuleConfiguration["checkLevels"] };
}

/** A rule's entry that does not fit. */
export class ConfigurationError extends UserError {
  /** One line each, with the path of the value and what is allowed. */
  readonly problems: readonly string[];

  constructor(rule: Rule, error: z.ZodError) {
    const problems = error.issues.flatMap((issue) => problemsIn(rule, issue));
    super(`the policy configuration does not fit:\n${problems.map((problem) => `  ${problem}`).join("\n")}`, {
      next: `see ${rule.id} in docs/policies.md for what it takes`,
      exitCode: 2,
    });
    this.problems = problems;
  }
}

function problemsIn({ id, parameters }: Rule, issue: z.core.$ZodIssue): string[] {
  const where = [id, ...issue.path].join(".");
  if (issue.code !== "unrecognized_keys") return [`${where}: ${issue.message}`];
  const allowed = [...Object.keys(parameters?.shape ?? {}), CHECK_LEVELS, "enforcementLevel"].join(", ");
  return issue.keys.map((key) => `${where}.${key}: is no parameter of the rule; it has ${allowed}`);
}

/** An entry of a configuration file for a class of stack, as the rule's own metadata has it. */
export function entryFor(rule: Rule, stackClass: StackClass): Record<string, unknown> & { enforcementLevel: Level } {
  const lowered = Object.entries(rule.checkLevels ?? {}).map(([check, levels]) => [check, levels?.[stackClass]]);
  return {
    enforcementLevel: rule.levels[stackClass],
    ...rule.classParameters?.[stackClass],
    ...(lowered.length > 0 && { [CHECK_LEVELS]: Object.fromEntries(lowered) as unknown }),
  };
}
