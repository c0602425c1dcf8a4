import { assess, type AssessedFinding } from "../../policies/assess.ts";
import { readConfiguration } from "../../policies/configuration.ts";
import { circumstancesOf } from "../../policies/exemptions/circumstances.ts";
import { ExemptionRegister } from "../../policies/exemptions/register.ts";
import { readExemptions } from "../../policies/exemptions/schema.ts";
import { type Example, readExample } from "../../policies/examples.ts";
import { Judge } from "../../policies/judge.ts";
import type { Rule } from "../../policies/rule.ts";
import { rules } from "../../policies/rules/index.ts";

/** The day of the examples. */
export const TODAY = new Date("2026-01-01T00:00:00Z");

/** How an unknown value stands in the YAML of an example, as the engine writes it. */
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * What a rule finds in an example, given as YAML or read already, with the parameters of its examples unless others are
 * given. All rules run, as some are about what others find.
 */
export function findingsOf(
  rule: Rule,
  example: string | Example,
  parameters?: Record<string, unknown>,
): AssessedFinding[] {
  const { resources, exemptions } = typeof example === "string" ? readExample(example) : example;
  const others = exemptions === "" ? [] : rules.filter(({ id }) => id !== rule.id);
  const configured = [...others, rule].map((each) => ({
    rule: each,
    level: "mandatory" as const,
    configuration: readConfiguration(each, (each === rule ? parameters : undefined) ?? each.examples.parameters ?? {}),
  }));
  const meta = configured.find((each) => each.rule.id === "meta-exemptions-valid")?.configuration.parameters;
  const parameters181 = meta ?? { stack: "prod", versions: { kubeflow: "1.8.1" }, maxDays: 90 };
  const circumstances = { ...circumstancesOf(parameters181, TODAY), isJudged: () => true };
  const judge = new Judge(new ExemptionRegister(readExemptions(exemptions, rules)), () => circumstances);
  return assess(configured, resources, judge).filter((finding) => finding.rule === rule.id);
}
