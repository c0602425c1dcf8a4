import { byRule, type Report, type ReportedFinding } from "./report.ts";
import { headline } from "./text.ts";

/** The report as a summary of a pull request: a table of what forbids the change, the rest folded. */
export function markdownOf(report: Report): string {
  const exempt = report.findings.filter(({ exemption }) => exemption !== undefined);
  const advisory = report.findings.filter(({ level, exemption }) => level === "advisory" && exemption === undefined);
  const mandatory = report.findings.filter(({ level }) => level === "mandatory");
  return [
    `## Policies: ${headline(report)}`,
    ...report.targets.flatMap(({ name, error }) =>
      error === undefined ? [] : [`**${name} cannot be previewed**\n\n${fenced(error)}`],
    ),
    ...(mandatory.length > 0 ? [table(mandatory)] : []),
    ...folded(`${advisory.length} findings to think about`, advisory),
    ...folded(`${exempt.length} findings that are exempt`, exempt),
    "",
  ].join("\n\n");
}

function folded(title: string, findings: readonly ReportedFinding[]): string[] {
  return findings.length === 0 ? [] : [`<details><summary>${title}</summary>\n\n${table(findings)}\n\n</details>`];
}

function table(findings: readonly ReportedFinding[]): string {
  const rows = byRule(findings).flatMap(([rule, group]) =>
    group.map((finding, index) => {
      const { severity, message, path, fix, targets, isNew, remark } = finding;
      return [
        index === 0 ? `**${rule}**<br>${severity}` : "",
        `${isNew === true ? "**new** " : ""}${message}${path === "" ? "" : `<br>\`${path}\``}`,
        remark ?? fix,
        targets.join(", "),
      ];
    }),
  );
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(["Rule", "What", "What to do", "Where"]), "| --- | --- | --- | --- |", ...rows.map(line)].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", "<br>");
}

function fenced(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}
