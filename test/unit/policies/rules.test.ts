import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HYGIENE } from "../../../policies/hygiene.ts";
import { rules } from "../../../policies/rules/index.ts";
import { findingsOf } from "../../kit/policy.ts";

const files = readdirSync(new URL("../../../policies/rules/", import.meta.url))
  .filter((file) => file !== "index.ts")
  .map((file) => file.replace(/\.ts$/, ""));

it("knows every rule of the folder, by the name of its file", () => {
  expect(rules.map(({ id }) => id).sort()).toEqual(files.sort());
});

it("has one switch for all rules of hygiene", () => {
  const hygiene = rules.filter(({ id }) => id.startsWith("hyg-"));
  expect(hygiene.length).toBeGreaterThan(0);
  for (const { levels, checkLevels } of hygiene) expect([levels, checkLevels]).toEqual([HYGIENE, undefined]);
});

describe.each(rules.map((rule) => [rule.id, rule] as const))("%s", (_, rule) => {
  it("is silent about its good examples", () => {
    const found = rule.examples.good.flatMap((example) => findingsOf(rule, example));
    expect(found.map(({ message }) => message)).toEqual([]);
    expect(rule.examples.good.length).toBeGreaterThan(0);
  });

  it.each(Object.keys(rule.checks))("%s: finds its bad example, and nothing breaks", (check) => {
    const found = findingsOf(rule, rule.examples.bad[check] ?? "");
    expect(found.filter(({ outcome }) => outcome !== "violation")).toEqual([]);
    expect(found.map((finding) => finding.check)).toContain(check);
  });
});
