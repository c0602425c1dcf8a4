import type { AssessedFinding } from "../assess.ts";
import { objectOf } from "../exemptions/matching.ts";
import type { Rule, Severity } from "../rule.ts";
import { nameOf, type Target } from "./targets.ts";

/** What the gate found: the form of `--json`, and of what `--base` reads. */
export interface Report {
  readonly targets: readonly TargetReport[];
  readonly findings: readonly ReportedFinding[];
}

export interface TargetReport {
  /** `prod on aws` */
  readonly name: string;
  readonly resources: number;
  /** Why the stack could not be previewed; then nothing is known of it. */
  readonly error?: string;
}

/** The same finding in every target that has it. */
export interface ReportedFinding {
  readonly rule: string;
  readonly check: string;
  readonly level: "mandatory" | "advisory";
  readonly severity: Severity;
  readonly outcome: AssessedFinding["outcome"];
  /** `Deployment kubeflow/mysql`, `aws:eks/cluster:Cluster main`. */
  readonly resource: string;
  /** Parts of URNs that differ between stacks are left out. */
  readonly component: string;
  readonly path: string;
  readonly message: string;
  readonly fix: string;
  readonly fingerprint: string;
  readonly exemption?: string;
  readonly remark?: string;
  readonly targets: readonly string[];
  /** Whether the base does not have it; absent where there is none to compare with. */
  readonly isNew?: boolean;
}

/** What is found of one target. */
export interface AssessedTarget {
  readonly target: Target;
  readonly resources: number;
  readonly findings: readonly AssessedFinding[];
  readonly error?: string;
}

/** One report of all targets: mandatory before advisory, the severe first, what several targets have told once. */
export function reportOf(assessed: readonly AssessedTarget[], rules: readonly Rule[], base?: Report): Report {
  const severities = new Map(rules.map(({ id, severity }) => [id, severity]));
  const merged = new Map<string, ReportedFinding>();
  for (const { target, findings } of assessed) {
    for (const finding of findings) {
      const reported = reportedOf(finding, severities.get(finding.rule) ?? "medium", nameOf(target));
      const key = `${keyOf(reported)} ${reported.level}`;
      const same = merged.get(key);
      const targets = [...new Set([...(same?.targets ?? []), ...reported.targets])];
      merged.set(key, { ...reported, targets });
    }
  }
  const known = base && new Set(base.findings.map(keyOf));
  const findings = [...merged.values()].map((finding) => ({
    ...finding,
    ...(known && { isNew: !known.has(keyOf(finding)) }),
  }));
  return {
    targets: assessed.map(({ target, resources, error }) => ({
      ...{ name: nameOf(target), resources },
      ...(error !== undefined && { error }),
    })),
    findings: findings.toSorted((a, b) => rank(a) - rank(b) || compare(a.rule, b.rule) || compare(keyOf(a), keyOf(b))),
  };
}

/** The findings of each rule, in the report's order. */
export function byRule(findings: readonly ReportedFinding[]): [string, ReportedFinding[]][] {
  return [...Map.groupBy(findings, ({ rule, level }) => `${level} ${rule}`)].map(([key, group]) => [
    key.slice(key.indexOf(" ") + 1),
    group,
  ]);
}

export function mandatory({ findings }: Report): ReportedFinding[] {
  return findings.filter(({ level }) => level === "mandatory");
}

/** What tells two findings apart, whatever the value that is found. */
export function keyOf({ rule, check, resource, component, path }: ReportedFinding): string {
  return [rule, check, component, resource, path].join(" ");
}

function reportedOf(finding: AssessedFinding, severity: Severity, target: string): ReportedFinding {
  const { rule, check, level, outcome, path, message, fix, fingerprint, subject, exemption, remark } = finding;
  const types = (subject.resource.urn.split("::")[2] ?? "").split("$");
  return {
    ...{ rule, check, level, severity, outcome, path, message, fix, fingerprint },
    resource: objectOf(subject)?.name ?? `${subject.resource.type} ${subject.resource.name}`,
    component: types.slice(0, -1).at(-1)?.split(":").at(-1) ?? "",
    ...(exemption !== undefined && { exemption: exemption.id }),
    ...(remark !== undefined && { remark }),
    targets: [target],
  };
}

const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low"];

/** Mandatory, then what is only advised, then what is exempt; the severe first in each. */
function rank({ level, severity, exemption }: ReportedFinding): number {
  const group = level === "mandatory" ? 0 : exemption === undefined ? 1 : 2;
  return group * SEVERITIES.length + SEVERITIES.indexOf(severity);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
