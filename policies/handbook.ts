import { z } from "zod";
import { type Level, type Rule, STACK_CLASSES } from "./rule.ts";

/** docs/policies.md: every rule with its reasons, levels, parameters and examples, from the rules themselves. */
export function handbook(rules: readonly Rule[]): string {
  return [
    INTRODUCTION,
    "## All rules",
    overview(rules),
    ...AREAS.flatMap(([prefix, title]) => {
      const own = rules.filter(({ id }) => id.startsWith(prefix));
      return own.length === 0 ? [] : [`## ${title}`, ...own.map(chapter)];
    }),
  ].join("\n\n");
}

const AREAS = [
  ["cloud-", "Cloud"],
  ["k8s-", "Kubernetes"],
  ["ml-", "Machine learning platform"],
  ["hyg-", "Hygiene"],
  ["meta-", "The pack itself"],
] as const;

const INTRODUCTION = `# Policies

<!-- Written by \`npm run policy -- docs\` from policies/rules: change the rules, not this file. -->

\`npm run policy\` previews the stacks without a cloud and tells what in them the rules forbid: \`dev\`, \`prod\` and
\`airgapped\`, which is prod with a registry of its own and no NAT, on every cloud. Stacks, \`--cloud\` and \`--config FILE\`,
a stack file whose settings replace theirs, make it others. \`npm run up\` has Pulumi check the same while it deploys. A
mandatory finding ends both. The pack itself is in \`policies/\` and, once \`npm run policy:build\` has compiled it, runs under
\`pulumi preview --policy-pack policies --policy-pack-config policies/config/prod.json\` as well, and under
\`pulumi policy analyze\` with the same two arguments on what is deployed.

How strict a rule is depends on the class of the stack: a test environment (dev), production (prod), or production
without access to the internet (airgapped). \`remediate\` repairs what it finds while deploying and is mandatory where it
cannot. Rules of hygiene have one level for all of them, in \`policies/hygiene.ts\`. Where a value is only known once something is deployed, a preview says so and counts it as a finding.

## Exemptions

What cannot be repaired is listed in \`policies/exemptions.yaml\`: which rule, which objects, in which classes of stack, why,
who answers for it, for which upstream version it was looked at, and until when. An exempt finding is still printed. One
whose exemption has expired, is of another version, or pins another value than is found counts in full, and
\`meta-exemptions-valid\` reports the entry; so it does with entries that nothing needs any more, unless they are optional.
That takes \`npm run policy\` on all stacks: one of them cannot tell what others need.

\`\`\`yaml
exemptions:
  - id: EX-01
    policy: k8s-rbac-secrets
    match: { kind: ClusterRole, name: cert-manager-* } # or component: CertManager; * stands for any characters
    stacks: [dev, prod]
    reason: cert-manager writes the certificates that it issues into Secrets of every namespace.
    owner: platform-security
    upstream: { component: kubeflow, version: 1.8.1 }
    expires: 2026-12-31
    optional: true # only where what it is about is not part of every stack
    fingerprints: [3f9c0e6bd2f1] # optional: as the finding prints it; any other value is reported again
\`\`\``;

function overview(rules: readonly Rule[]): string {
  const header = ["Rule", "What must hold", "Severity", ...STACK_CLASSES];
  const rows = rules.map((rule) => [
    `[${rule.id}](#${rule.id})`,
    rule.title,
    rule.severity,
    ...STACK_CLASSES.map((stackClass) => rule.levels[stackClass]),
  ]);
  return markdownTable(header, rows);
}

function chapter(rule: Rule): string {
  const { id, title, why, remediation, url, frameworks, severity } = rule;
  const references = frameworks.map(({ framework, id: reference }) => `${framework} ${reference}`).join(", ");
  return [
    `### ${id}`,
    `**${title}.** ${why}`,
    `What to do: ${remediation} [More](${url})`,
    `Severity ${severity}. ${levelsOf(rule)}${references === "" ? "" : ` Also known as ${references}.`}`,
    ...exemptionNote(rule),
    ...parameterTable(rule),
    "<details><summary>Examples</summary>",
    ...Object.entries(rule.examples.bad).map(([check, example]) => `Not allowed (${check}):\n\n${yaml(example)}`),
    ...rule.examples.good.map((example) => `Allowed:\n\n${yaml(example)}`),
    "</details>",
  ].join("\n\n");
}

function levelsOf({ levels, checkLevels = {} }: Rule): string {
  const own = Object.entries(checkLevels).map(([check, lowered]) => ` The check ${check}: ${inWords(lowered)}.`);
  return `Level: ${inWords(levels)}.${own.join("")}`;
}

function inWords(levels: Readonly<Record<string, Level>> | undefined): string {
  return STACK_CLASSES.map((stackClass) => `${stackClass} ${levels?.[stackClass] ?? ""}`).join(", ");
}

function exemptionNote({ nonExemptable }: Rule): string[] {
  if (nonExemptable === undefined) return [];
  const what = nonExemptable.checks === undefined ? "Nothing" : `Nothing in ${nonExemptable.checks.join(", ")}`;
  return [`${what} can be exempted in ${nonExemptable.stacks.join(", ")}.`];
}

function parameterTable({ parameters }: Rule): string[] {
  const fields = Object.entries(parameters?.shape ?? {});
  if (fields.length === 0) return [];
  const schema = z.toJSONSchema(parameters as z.ZodObject, { io: "input" }).properties ?? {};
  const rows = fields.map(([name]) => {
    const field = schema[name];
    const { description = "", default: value } = typeof field === "object" ? field : {};
    return [`\`${name}\``, description, value === undefined ? "" : `\`${shortened(JSON.stringify(value))}\``];
  });
  return [markdownTable(["Parameter", "What it is", "Default"], rows)];
}

/** Long defaults are better read in the rule. */
function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)} ...`;
}

const MOST_CHARACTERS = 100;

function yaml(text: string): string {
  return `\`\`\`yaml\n${text.trim()}\n\`\`\``;
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
