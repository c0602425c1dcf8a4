import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configured, configurationOf } from "../../../policies/configuration-file.ts";
import { evaluate } from "../../../policies/evaluate.ts";
import { readExample } from "../../../policies/examples.ts";
import type { Resource } from "../../../policies/resource.ts";
import { rules } from "../../../policies/rules/index.ts";
import { stackOf, viewOf } from "../../../policies/view.ts";
import { findingsOf, UNKNOWN_TEXT } from "../../kit/policy.ts";

const examples = rules.flatMap(({ examples: { good, bad } }) => [...good, ...Object.values(bad)]);
const resources = examples.flatMap((example) => readExample(example).resources);
const all = configured(rules, configurationOf(rules, "prod"));

const junk = fc.oneof(
  fc.constantFrom(
    null,
    UNKNOWN_TEXT,
    "",
    "null",
    -1,
    1e308,
    Number.NaN,
    true,
    [],
    {},
    [null],
    [[]],
    "a: [",
    "{",
    "x:y:z@",
  ),
  fc.object({
    maxDepth: 2,
    key: fc.constantFrom("name", "spec", "containers", "__proto__", "constructor", "data", "0"),
  }),
  fc.array(fc.anything({ maxDepth: 1 }), { maxLength: 3 }),
  fc.string({ unit: "binary" }),
);

/** A resource of the examples with something else in one of its places. */
const hostile = fc
  .tuple(fc.constantFrom(...resources), fc.infiniteStream(fc.nat()), junk)
  .map(([resource, choices, value]) => {
    const properties = replaced(resource.properties, choices, value);
    const isMap = typeof properties === "object" && properties !== null && !Array.isArray(properties);
    return viewOf({ ...resource, properties: isMap ? { ...properties } : { spec: properties } });
  });

function replaced(value: unknown, choices: Iterator<number>, wanted: unknown): unknown {
  const next = () => Number(choices.next().value);
  if (typeof value !== "object" || value === null || next() % 4 === 0) return wanted;
  const keys = Object.keys(value);
  const key = keys[next() % Math.max(keys.length, 1)];
  if (key === undefined) return wanted;
  const inner = replaced((value as Record<string, unknown>)[key], choices, wanted);
  if (Array.isArray(value)) return value.map((each: unknown, index) => (String(index) === key ? inner : each));
  return { ...value, [key]: inner };
}

describe("hostile and malformed input", () => {
  it("never breaks a rule: 10,000 resources", () => {
    const property = fc.property(hostile, (resource) => {
      const targets = [resource, stackOf([resource])];
      const found = targets.flatMap((target) =>
        all.flatMap(({ rule, configuration }) => evaluate(rule, target, configuration.parameters)),
      );
      expect(found.filter(({ outcome }) => outcome === "failed").map(({ message }) => message)).toEqual([]);
    });
    fc.assert(property, { numRuns: 10_000 });
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
