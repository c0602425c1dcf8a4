import type { RuleConfiguration } from "./configuration.ts";
import { evaluate } from "./evaluate.ts";
import type { Judge, JudgedFinding } from "./judge.ts";
import type { Resource } from "./resource.ts";
import type { Level, Rule } from "./rule.ts";
import { stackOf } from "./view.ts";

/** A rule as it is set for a stack. */
export interface ConfiguredRule {
  readonly rule: Rule;
  readonly level: Level;
  readonly configuration: RuleConfiguration;
}

/** A finding with the level that it has in the end. */
export type AssessedFinding = Omit<JudgedFinding, "level"> & { readonly level: "advisory" | "mandatory" };

/**
 * What the rules find in the resources of a stack, as an engine that runs the pack would report it: rules about single
 * resources first, then those about the stack, in their order.
 */
export function assess(
  rules: readonly ConfiguredRule[],
  resources: readonly Resource[],
  judge: Judge,
): AssessedFinding[] {
  const enabled = rules.filter(({ level }) => level !== "disabled");
  const stack = stackOf(resources);
  const run = ({ rule, level, configuration }: ConfiguredRule, target: Parameters<typeof evaluate>[1]) => {
    const found = evaluate(rule, target, configuration.parameters, () => judge.standings());
    return judge.judge(rule, configuration, found).map((finding): AssessedFinding => {
      return { ...finding, level: finding.level ?? (level === "advisory" ? level : "mandatory") };
    });
  };
  const single = enabled.filter(({ rule }) => rule.scope === "resource");
  const whole = enabled.filter(({ rule }) => rule.scope === "stack");
  return [
    ...resources.flatMap((resource) => single.flatMap((rule) => run(rule, resource))),
    ...whole.flatMap((rule) => run(rule, stack)),
  ];
}
