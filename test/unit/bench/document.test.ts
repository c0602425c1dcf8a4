import { describe, expect, it } from "vitest";
import { formatted, section, withSections } from "../../../bench/harness/document.ts";

const conditions = { date: new Date("2026-03-01T23:00:00Z"), cores: 2, others: 0.034 };
const figures = { columns: ["", "seconds"], rows: [["ours", "1.0"]], result: "Half as long.", kubernetes: "1.34.4" };
const host = section({ name: "host", description: "What the host costs." }, figures, conditions);
const names = ["install", "host", "state"];

describe("a section", () => {
  it("has the description, the table, the result and the conditions", () => {
    expect(host).toBe(
      [
        "## host",
        "What the host costs.",
        "|  | seconds |\n| --- | ---: |\n| ours | 1.0 |",
        "Half as long.",
        "2026-03-01, 2 cores, 3 % of them used by other programs, Kubernetes 1.34.4, `npm run bench -- host`.",
      ].join("\n\n"),
    );
  });

  it("does not speak of Kubernetes where there was none, nor of others where nobody knows", () => {
    const { kubernetes: _, ...bare } = figures;
    const unknown = { ...conditions, others: undefined };
    expect(section({ name: "host", description: "" }, bare, unknown)).toContain("2 cores, `npm run bench");
  });
});

describe("the document", () => {
  const headings = (document: string) => document.split("\n").filter((line) => line.startsWith("#"));
  const first = withSections("", new Map([["host", host]]), names);

  it("begins with how to read it", () => {
    expect(first).toMatch(/^# Benchmarks\n\nMedians of three runs/);
    expect(headings(first)).toEqual(["# Benchmarks", "## host"]);
  });

  it("gets only the sections replaced that were measured again, in the order of the benchmarks", () => {
    const both = withSections(first, new Map([["install", "## install\n\nnew"]]), names);
    expect(headings(both)).toEqual(["# Benchmarks", "## install", "## host"]);
    const again = withSections(both, new Map([["host", "## host\n\nnewer"]]), names);
    expect(again).toContain("## install\n\nnew\n\n## host\n\nnewer\n");
    expect(again).not.toContain("Half as long.");
  });

  it("drops the sections of benchmarks that are no more", () => {
    expect(headings(withSections(first, new Map(), ["install"]))).toEqual(["# Benchmarks"]);
  });

  it("keeps its sections when it was formatted in between", async () => {
    const file = "docs/benchmarks.md";
    const pretty = await formatted(first, file);
    expect(await formatted(withSections(pretty, new Map(), names), file)).toBe(pretty);
  });
});
