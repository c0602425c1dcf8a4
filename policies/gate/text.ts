import { byRule, mandatory, type Report, type ReportedFinding } from "./report.ts";

/** The report for a terminal: what forbids the change by rule, the worst first, then counts of the rest. */
export function textOf(report: Report): string {
  const forbidden = mandatory(report);
  const advisory = report.findings.filter(({ level, exemption }) => level === "advisory" && exemption === undefined);
  const errors = report.targets.filter(({ error }) => error !== undefined);
  return [
    ...errors.map(({ name, error = "" }) => `${name} cannot be previewed:\n${indented(error)}\n`),
    ...byRule(forbidden).map(([rule, group]) => ruleText(rule, group)),
    ...(advisory.length > 0 ? [`Advisory: ${countsOf(advisory)} (--markdown or --json has them)\n`] : []),
    `${headline(report)}\n`,
  ].join("\n");
}

/** `prod on existing, 722 resources: 2 mandatory findings (1 new), 5 advisory, 3 exempt` */
export function headline(report: Report): string {
  const forbidden = mandatory(report);
  const exempt = report.findings.filter(({ exemption }) => exemption !== undefined).length;
  const fresh = forbidden.filter(({ isNew }) => isNew === true).length;
  const where = report.targets.map(({ name, resources }) => `${name} (${resources} resources)`).join(", ");
  const counts = [
    `${forbidden.length} mandatory${fresh > 0 ? ` (${fresh} new)` : ""}`,
    `${report.findings.length - forbidden.length - exempt} advisory`,
    `${exempt} exempt`,
  ];
  return `${where}: ${counts.join(", ")}`;
}

function ruleText(rule: string, group: readonly ReportedFinding[]): string {
  const [first] = group;
  const entries = group.map(({ message, path, fix, check, fingerprint, targets, isNew, remark }) =>
    [
      `  ${isNew === true ? "new: " : ""}${message}`,
      `    ${path === "" ? "" : `at ${path} `}(${check}, ${fingerprint}; ${targets.join(", ")})`,
      ...(remark === undefined ? [] : [`    ${remark}`]),
      `    fix: ${fix}`,
    ].join("\n"),
  );
  return `${rule} (${first?.severity ?? ""})\n${entries.join("\n")}\n`;
}

function countsOf(findings: readonly ReportedFinding[]): string {
  return byRule(findings)
    .map(([rule, group]) => `${rule} ${group.length}`)
    .join(", ");
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
