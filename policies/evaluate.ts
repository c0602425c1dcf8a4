import { createHash } from "node:crypto";
import type { ExemptionStanding } from "./exemptions/register.ts";
import { formatPath, peek, type Step, UNKNOWN, UnknownValue } from "./reading.ts";
import type { Resource, Stack, Subject } from "./resource.ts";
import type { Check, Rule, Violation } from "./rule.ts";
import { resourceSubject, wholeStack } from "./subjects.ts";
import { stackOf } from "./view.ts";

/** What a rule has found at one place. */
export interface Finding {
  readonly rule: string;
  readonly check: string;
  /** `undecided`: an unknown value stood in the way. `failed`: the rule itself broke. Both count like a violation. */
  readonly outcome: "violation" | "undecided" | "failed";
  readonly subject: Subject;
  readonly message: string;
  /** What to change, one sentence. */
  readonly fix: string;
  /** In the properties of the resource: `spec.template.spec.containers[0].resources.limits.memory`. */
  readonly path: string;
  readonly steps: readonly Step[];
  /** Digest of the offending value: what an exemption pins, so that a worse value fires again. */
  readonly fingerprint: string;
  readonly level: "advisory" | undefined;
}

/** The name under which trouble with a rule's `subjects` is reported. */
const SUBJECTS = "subjects";

/**
 * Applies a rule to a resource, or to a stack where that is its scope. Never throws. `standings` tells what has come of the
 * exemptions so far, to the rule that is about them.
 */
export function evaluate(
  rule: Rule,
  target: Resource | Stack,
  parameters: Record<string, unknown>,
  standings: () => readonly ExemptionStanding[] = () => [],
): Finding[] {
  const findings: Finding[] = [];
  const add = (check: string, subject: Subject, violation: Violation) =>
    findings.push(findingOf(rule, check, "violation", violation.subject ?? subject, violation));
  const guard = (check: string, subject: Subject, body: () => void) => {
    try {
      body();
    } catch (error) {
      findings.push(troubleOf(rule, check, subject, error));
    }
  };
  const stack = "resources" in target ? target : EMPTY_STACK;
  const context = { parameters, stack, exemptions: standings };
  const checks = Object.entries<Check<Subject, Record<string, unknown>>>(rule.checks);
  const [whole] = "resources" in target ? wholeStack(target) : [resourceSubject(target)];
  if (whole === undefined) return [];
  guard(SUBJECTS, whole, () => {
    for (const subject of subjectsOf(rule, target, parameters))
      for (const [name, check] of checks)
        guard(name, subject, () => {
          const result = check(subject, context) ?? [];
          for (const violation of Symbol.iterator in result ? result : [result]) add(name, subject, violation);
        });
  });
  return findings;
}

const EMPTY_STACK = stackOf([]);

function subjectsOf(rule: Rule, target: Resource | Stack, parameters: Record<string, unknown>): Iterable<Subject> {
  if (rule.scope === "stack") return "resources" in target ? rule.subjects(target, parameters) : [];
  return "resources" in target ? [] : rule.subjects(target, parameters);
}

function findingOf(
  rule: Rule,
  check: string,
  outcome: Finding["outcome"],
  subject: Subject,
  { message, path, fix, level }: Violation,
): Finding {
  const steps = [...subject.path, ...path];
  return {
    ...{ rule: rule.id, check, outcome, subject, message },
    fix: fix ?? rule.remediation,
    path: formatPath(steps),
    steps,
    fingerprint: fingerprintOf(peek(subject.value, path)),
    level,
  };
}

function troubleOf(rule: Rule, check: string, subject: Subject, error: unknown): Finding {
  if (error instanceof UnknownValue) {
    const { path } = error;
    return findingOf(rule, check, "undecided", subject, {
      message: `${subject.name}: ${formatPath([...subject.path, ...path])} is not known before the update, so "${rule.title}" cannot be told`,
      path,
      fix: `Give ${formatPath(path) || "it"} a value that the program knows, or depend on the unknown one elsewhere.`,
    });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return findingOf(rule, check, "failed", subject, {
    message: `${subject.name}: the check ${check} of ${rule.id} broke: ${reason}`,
    path: [],
    fix: "Report this as a fault of the policy pack.",
  });
}

/** 12 hexadecimal digits of a digest that does not depend on the order of keys. */
function fingerprintOf(value: unknown): string {
  return createHash("sha256").update(canonical(value)).digest("hex").slice(0, 12);
}

function canonical(value: unknown): string {
  if (value === undefined) return "absent";
  if (value === UNKNOWN) return "unknown";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "absent";
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(",")}}`;
}
