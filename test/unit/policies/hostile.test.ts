import { describe, expect, it } from "vitest";
import { readExample } from "../../../policies/examples.ts";
import type { Resource } from "../../../policies/resource.ts";
import { rules } from "../../../policies/rules/index.ts";
import { expectToSurvive } from "../../kit/hostile.ts";
import { findingsOf } from "../../kit/policy.ts";

describe("hostile and malformed input", () => {
  it("never breaks a rule: 1,000 resources (test/full has 10,000)", () => {
    expect(() => expectToSurvive(1000)).not.toThrow();
  });
});

describe("messages", () => {
  const secretsOf = ({ properties, type }: Resource): string[] =>
    stringsIn(type.endsWith(":Secret") ? [properties["data"], properties["stringData"]] : []);
  const cases = rules.flatMap((rule) =>
    Object.values(rule.examples.bad).map((example) => [rule.id, rule, example] as const),
  );

  it.each(cases)("of %s repeat nothing secret", (_, rule, example) => {
    const secrets = readExample(example).resources.flatMap(secretsOf);
    const said = findingsOf(rule, example).flatMap(({ message, fix, path }) => [message, fix, path]);
    for (const secret of secrets) expect(said.join("\n")).not.toContain(secret);
  });
});

const SHORTEST = 6;

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") {
    return [value, Buffer.from(value, "base64").toString()].filter(({ length }) => length >= SHORTEST);
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
