import { createHash } from "node:crypto";
import type { Rule } from "../rule.ts";
import { keyOf, type Report, type ReportedFinding } from "./report.ts";
import { sourceOf } from "./sources.ts";

/** The report as SARIF 2.1.0, as code scanning takes it. Exempt findings are suppressed in it, not left out. */
export function sarifOf(report: Report, rules: readonly Rule[]): object {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "kubeflow-policies", informationUri: HOMEPAGE, rules: rules.map(ruleOf) } },
        results: report.findings.map((finding) => resultOf(finding, rules)),
        invocations: [
          {
            executionSuccessful: report.targets.every(({ error }) => error === undefined),
            toolExecutionNotifications: report.targets.flatMap(({ name, error }) =>
              error === undefined ? [] : [{ level: "error", message: { text: `${name}: ${error}` } }],
            ),
          },
        ],
      },
    ],
  };
}

const HOMEPAGE = "https://www.pulumi.com/docs/insights/policy/";

/** What code scanning sorts by, of 10. */
const SCORES = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" } as const;

function ruleOf({ id, title, why, remediation, url, severity, frameworks }: Rule): object {
  return {
    id,
    name: id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: remediation },
    helpUri: url,
    properties: {
      "security-severity": SCORES[severity],
      tags: ["security", ...frameworks.map(({ framework, id: reference }) => `${framework} ${reference}`)],
    },
  };
}

function resultOf(finding: ReportedFinding, rules: readonly Rule[]): object {
  const { rule, level, message, fix, path, resource, component, fingerprint, targets, exemption, remark } = finding;
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: level === "mandatory" ? "error" : "warning",
    message: { text: `${message}. ${fix} (${targets.join(", ")})` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: sourceOf(finding) }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: [component, resource, path].filter(Boolean).join(" / ") }],
      },
    ],
    // The same finding stays the same whatever else changes in its object.
    partialFingerprints: { primaryLocationLineHash: digest(keyOf(finding)), value: fingerprint },
    ...(finding.isNew !== undefined && { baselineState: finding.isNew ? "new" : "unchanged" }),
    ...(exemption !== undefined && {
      suppressions: [{ kind: "external", status: "accepted", justification: remark ?? exemption }],
    }),
  };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
