import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { closest } from "fastest-levenshtein";
import { UserError } from "../components/kit/errors.ts";
import type { ConfiguredRule } from "./assess.ts";
import { ConfigurationError, entryFor, readConfiguration } from "./configuration.ts";
import type { Level, Rule, StackClass } from "./rule.ts";

/** The configuration of the pack, as `--policy-pack-config` takes it: by rule, its level and what else it is set to. */
export type PackConfiguration = Readonly<Record<string, PackEntry>>;
export type PackEntry = { readonly enforcementLevel: Level } & Readonly<Record<string, unknown>>;

const LEVELS: readonly unknown[] = ["mandatory", "remediate", "advisory", "disabled"] satisfies Level[];

/** The configuration of a class of stack as the rules' own metadata has it. */
export function configurationOf(rules: readonly Rule[], stackClass: StackClass): PackConfiguration {
  return Object.fromEntries(rules.map((rule) => [rule.id, entryFor(rule, stackClass)]));
}

/** Where the configuration of a class of stack lies. */
export function configurationFile(stackClass: StackClass): string {
  return fileURLToPath(new URL(`config/${stackClass}.json`, import.meta.url));
}

/**
 * Reads a configuration of the pack. The engine passes over what it does not know; here rules and parameters that do not
 * exist, rules that are left out, and values that do not fit are errors (UserError, all in one).
 */
export async function readConfigurationFile(rules: readonly Rule[], file: string): Promise<PackConfiguration> {
  const content = await readFile(file, "utf8");
  let configuration: unknown;
  try {
    configuration = JSON.parse(content);
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${(error as Error).message}`, { exitCode: 2, cause: error });
  }
  const problems = problemsOf(rules, configuration);
  if (problems.length === 0) return configuration as PackConfiguration;
  throw new UserError(`${file} does not fit:\n${problems.map((problem) => `  ${problem}`).join("\n")}`, {
    next: "see docs/policies.md for the rules and what they take",
    exitCode: 2,
  });
}

/** Everything that is wrong with a configuration, one line each. */
export function problemsOf(rules: readonly Rule[], configuration: unknown): string[] {
  if (typeof configuration !== "object" || configuration === null || Array.isArray(configuration)) {
    return ["it is no map of rules"];
  }
  const entries = Object.entries(configuration as Record<string, unknown>);
  const names = rules.map(({ id }) => id);
  const unknown = entries
    .filter(([name]) => !names.includes(name))
    .map(([name]) => `${name}: there is no such rule; did you mean ${closest(name, names)}?`);
  const missing = names.filter((name) => !Object.hasOwn(configuration, name)).map((name) => `${name}: is left out`);
  const wrong = rules.flatMap((rule) => {
    const entry = (configuration as Record<string, unknown>)[rule.id];
    return entry === undefined ? [] : entryProblems(rule, entry);
  });
  return [...unknown, ...missing, ...wrong];
}

/** The rules as a configuration sets them. The configuration must have been checked. */
export function configured(rules: readonly Rule[], configuration: PackConfiguration): ConfiguredRule[] {
  return rules.map((rule) => {
    const { enforcementLevel, ...entry } = configuration[rule.id] ?? entryFor(rule, "prod");
    return { rule, level: enforcementLevel, configuration: readConfiguration(rule, entry) };
  });
}

function entryProblems(rule: Rule, entry: unknown): string[] {
  if (typeof entry !== "object" || entry === null) return [`${rule.id}: is no map with an enforcementLevel`];
  const { enforcementLevel, ...parameters } = entry as Record<string, unknown>;
  const level = LEVELS.includes(enforcementLevel)
    ? []
    : [`${rule.id}.enforcementLevel: must be one of ${LEVELS.join(", ")}, not ${JSON.stringify(enforcementLevel)}`];
  try {
    readConfiguration(rule, parameters);
    return level;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return [...level, ...error.problems];
  }
}
