import { UserError } from "../../components/kit/errors.ts";
import { assess, type AssessedFinding, type ConfiguredRule } from "../assess.ts";
import { configurationFile, configured, readConfigurationFile } from "../configuration-file.ts";
import { circumstancesOf, CIRCUMSTANCES_RULE } from "../exemptions/circumstances.ts";
import { ExemptionRegister } from "../exemptions/register.ts";
import type { Exemption } from "../exemptions/schema.ts";
import { Judge } from "../judge.ts";
import type { Resource } from "../resource.ts";
import type { Rule } from "../rule.ts";
import { configurationFor, stackClassOf } from "../stack-configuration.ts";
import type { PreviewedStack } from "./preview.ts";
import type { AssessedTarget } from "./report.ts";
import { nameOf, type Target, targetsOf } from "./targets.ts";

export interface GateOptions {
  readonly targets: readonly Target[];
  readonly rules: readonly Rule[];
  readonly exemptions: readonly Exemption[];
  readonly preview: (target: Target) => Promise<PreviewedStack>;
  readonly report: (line: string) => void;
  readonly now: Date;
}

/** What has been found of a target, and what is still to be asked. */
interface Assessment {
  readonly target: Target;
  readonly resources: readonly Resource[];
  readonly findings: readonly AssessedFinding[];
  readonly remaining: readonly ConfiguredRule[];
  readonly judge: Judge;
}

/**
 * Previews every target and applies the rules to it. A target that cannot be previewed has its error. Exemptions are
 * shared and judged last: one is of use if any target needs it, and of none only once all have been seen that it is for.
 */
export async function runGate(options: GateOptions): Promise<AssessedTarget[]> {
  const register = new ExemptionRegister(options.exemptions);
  const seen = new Set<string>();
  const isJudged = ({ stacks }: Exemption) => targetsOf(stacks).every((target) => seen.has(nameOf(target)));
  const results: (Assessment | AssessedTarget)[] = [];
  for (const target of options.targets) {
    options.report(`Previewing ${nameOf(target)} ...`);
    try {
      results.push(await assessTarget(target, options, register, isJudged));
      seen.add(nameOf(target));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      results.push({ target, resources: 0, findings: [], error: error.message });
    }
  }
  return results.map((result) => ("judge" in result ? completed(result) : result));
}

async function assessTarget(
  target: Target,
  { rules, now, preview }: GateOptions,
  register: ExemptionRegister,
  isJudged: (exemption: Exemption) => boolean,
): Promise<Assessment> {
  const { resources, settings } = await preview(target);
  const configuration = await readConfigurationFile(rules, configurationFile(stackClassOf(settings)));
  const all = configured(rules, configurationFor(configuration, settings));
  const about = all.filter(({ rule }) => rule.id === CIRCUMSTANCES_RULE.id);
  const circumstances = { ...circumstancesOf(about[0]?.configuration.parameters ?? {}, now), isJudged };
  const judge = new Judge(register, () => circumstances);
  const others = all.filter((each) => !about.includes(each));
  return { target, resources, findings: assess(others, resources, judge), remaining: about, judge };
}

function completed({ target, resources, findings, remaining, judge }: Assessment): AssessedTarget {
  return { target, resources: resources.length, findings: [...findings, ...assess(remaining, resources, judge)] };
}
