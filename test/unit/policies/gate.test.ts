import { describe, expect, it } from "vitest";
import { markdownOf } from "../../../policies/gate/markdown.ts";
import type { Report } from "../../../policies/gate/report.ts";
import { sarifOf } from "../../../policies/gate/sarif.ts";
import { CLOUDS } from "../../../policies/gate/targets.ts";
import { textOf } from "../../../policies/gate/text.ts";
import { rules } from "../../../policies/rules/index.ts";
import { EXEMPTION, gate, POD } from "../../kit/gate.ts";
import { sarifLog } from "../../kit/sarif.ts";

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

  describe("as SARIF", () => {
    const written = (report: Report) => sarifLog.parse(JSON.parse(JSON.stringify(sarifOf(report, rules))));

    it("suppresses what is exempt, and marks what is new", async () => {
      const base = await gate({ dev: POD, prod: POD }, EXEMPTION);
      const other = POD.replace("name: train", "name: serve");
      const report = await gate({ dev: POD, prod: `${POD}---${other}` }, EXEMPTION, { base });
      const [run] = written(report).runs;
      const results = run?.results.filter(({ ruleId }) => ruleId === "k8s-memory-limits");
      const common = {
        ruleIndex: rules.findIndex(({ id }) => id === "k8s-memory-limits"),
        locations: [{ physicalLocation: { artifactLocation: { uri: "index.ts" } } }],
      };
      expect(results).toMatchObject([
        { ...common, level: "error", baselineState: "new" },
        { ...common, level: "warning", baselineState: "unchanged", suppressions: [{ status: "accepted" }] },
      ]);
      expect(results?.[0]).not.toHaveProperty("suppressions");
    });

    it("tells what could not be previewed", async () => {
      const [run] = written(await gate({ prod: POD })).runs;
      expect(run?.invocations).toMatchObject([
        { executionSuccessful: false, toolExecutionNotifications: [{ level: "error" }] },
      ]);
    });
  });

  it("as Markdown has a table of what is forbidden first, and what is exempt folded", async () => {
    const other = POD.replace("name: train", "name: serve");
    const text = markdownOf(await gate({ dev: POD, prod: `${POD}---${other}` }, EXEMPTION));
    const [forbidden = "", ...folded] = text.split("<details>");
    expect(forbidden).toContain("container main of Pod alice/serve has no memory limit");
    expect(forbidden).not.toContain("container main of Pod alice/train has no memory limit");
    expect(folded.find((part) => part.includes("that are exempt"))).toContain("exempt until 2026-03-01 by ml (EX-01)");
  });
});
