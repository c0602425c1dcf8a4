import { describe, expect, it } from "vitest";
import { UserError } from "../../../components/kit/errors.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { readExample } from "../../../policies/examples.ts";
import { readExemptions } from "../../../policies/exemptions/schema.ts";
import { runGate } from "../../../policies/gate/gate.ts";
import { markdownOf } from "../../../policies/gate/markdown.ts";
import { type Report, reportOf } from "../../../policies/gate/report.ts";
import { sarifOf } from "../../../policies/gate/sarif.ts";
import { type Cloud, CLOUDS, stackOptionsOf, targetsOf } from "../../../policies/gate/targets.ts";
import { textOf } from "../../../policies/gate/text.ts";
import type { StackClass } from "../../../policies/rule.ts";
import { rules } from "../../../policies/rules/index.ts";

const POD = `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec: { containers: [{ name: main, image: python:3.12 }] }
`;

const EXEMPTION = `exemptions:
  - { id: EX-01, policy: k8s-memory-limits, match: { kind: Pod, name: train }, stacks: [dev, prod], owner: ml, expires: 2026-03-01,
      reason: It sizes itself by its node., upstream: { component: kubeflow, version: 1.8.1 } }`;

async function gate(
  yaml: Readonly<Partial<Record<StackClass, string>>>,
  exemptions = "",
  { base, clouds = ["existing"] }: { readonly base?: Report; readonly clouds?: readonly Cloud[] } = {},
): Promise<Report> {
  const assessed = await runGate({
    rules,
    targets: targetsOf(["dev", "prod"], clouds),
    exemptions: readExemptions(exemptions, rules),
    preview: ({ stack }) => {
      const { environment } = stackOptionsOf({ stack, cloud: "existing" });
      const text = yaml[stack];
      if (text === undefined) return Promise.reject(new UserError("the program ended with exit code 1"));
      return Promise.resolve({
        settings: parseSettings({ environment, cloud: "existing" }),
        resources: readExample(text).resources,
      });
    },
    report: () => undefined,
    now: new Date("2026-01-01T00:00:00Z"),
  });
  return reportOf(assessed, rules, base);
}

const limits = (report: Report) => report.findings.filter(({ rule }) => rule === "k8s-memory-limits");

describe("the gate", () => {
  it("tells once what several stacks have", async () => {
    const found = limits(await gate({ dev: POD, prod: POD }));
    expect(found.map(({ resource, targets }) => [resource, targets])).toEqual([
      ["Pod alice/train", ["dev on existing", "prod on existing"]],
    ]);
  });

  it("has a stack that cannot be previewed fail, and still looks at the others", async () => {
    const report = await gate({ prod: POD });
    expect(report.targets).toMatchObject([{ error: "the program ended with exit code 1" }, { resources: 1 }]);
    expect(limits(report)).toHaveLength(1);
    for (const text of [textOf(report), markdownOf(report)])
      expect(text).toContain("dev on existing cannot be previewed");
  });

  it("marks what the base does not have", async () => {
    const base = await gate({ dev: POD, prod: POD });
    const other = POD.replace("name: train", "name: serve");
    const report = await gate({ dev: POD, prod: `${POD}---${other}` }, "", { base });
    expect(limits(report).map(({ resource, isNew }) => [resource, isNew])).toEqual([
      ["Pod alice/serve", true],
      ["Pod alice/train", false],
    ]);
    expect(textOf(report)).toContain("new: container main of Pod alice/serve");
  });

  describe("of exemptions", () => {
    const limited = POD.replace("python:3.12", "python:3.12, resources: { limits: { memory: 1Gi } }");
    const complaints = ({ findings }: Report) => findings.filter(({ rule }) => rule === "meta-exemptions-valid");

    it("counts one as used when any stack needs it", async () => {
      const report = await gate({ dev: POD, prod: limited }, EXEMPTION, { clouds: CLOUDS });
      expect([complaints(report), limits(report)]).toMatchObject([[], [{ level: "advisory", exemption: "EX-01" }]]);
    });

    it("forbids one that no stack on any cloud needs", async () => {
      const report = await gate({ dev: limited, prod: limited }, EXEMPTION, { clouds: CLOUDS });
      expect(complaints(report)).toMatchObject([{ check: "unused", level: "mandatory" }]);
    });

    it.each([
      ["only one cloud has", { dev: limited, prod: limited }, EXEMPTION, ["existing"] as const],
      ["only one stack that can be previewed has", { dev: limited }, EXEMPTION, CLOUDS],
      [
        "no site without a way out has",
        { dev: limited, prod: limited },
        EXEMPTION.replace("[dev, prod]", "[dev, airgapped]"),
        CLOUDS,
      ],
    ])("does not judge by what %s been looked at", async (_, yaml, exemptions, clouds) => {
      expect(complaints(await gate(yaml, exemptions, { clouds }))).toEqual([]);
    });
  });

  it("puts mandatory findings before others and the severe first", async () => {
    const account = `
apiVersion: kubeflow.org/v1
kind: Profile
metadata: { name: alice }
spec: { owner: { kind: User, name: user@example.com } }
---
type: aws:ec2/launchTemplate:LaunchTemplate
properties: {}
---`;
    const found = (await gate({ dev: `${account}${POD}`, prod: "type: pulumi:pulumi:Stack" })).findings;
    const told = ["k8s-memory-limits", "cloud-imds-v2", "ml-default-credentials"];
    const order = found.filter(({ rule }) => told.includes(rule)).map(({ rule, level }) => `${level} ${rule}`);
    expect(order).toEqual([
      "mandatory k8s-memory-limits",
      "mandatory cloud-imds-v2",
      "advisory ml-default-credentials",
    ]);
  });

  it("writes SARIF in which exempt findings are suppressed", async () => {
    const [run] = (sarifOf(await gate({ dev: POD, prod: POD }, EXEMPTION), rules) as { runs: Run[] }).runs;
    const result = run?.results.find(({ ruleId }) => ruleId === "k8s-memory-limits");
    expect(result).toMatchObject({
      level: "warning",
      ruleIndex: rules.findIndex(({ id }) => id === "k8s-memory-limits"),
      suppressions: [{ status: "accepted" }],
      locations: [{ physicalLocation: { artifactLocation: { uri: "index.ts" } } }],
    });
  });
});

interface Run {
  readonly results: readonly { readonly ruleId: string }[];
}
