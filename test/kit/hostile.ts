import fc from "fast-check";
import { configured, configurationOf } from "../../policies/configuration-file.ts";
import { evaluate } from "../../policies/evaluate.ts";
import { readExample } from "../../policies/examples.ts";
import { rules } from "../../policies/rules/index.ts";
import { stackOf, viewOf } from "../../policies/view.ts";
import { UNKNOWN_TEXT } from "./policy.ts";

const examples = rules.flatMap(({ examples: { good, bad } }) => [...good, ...Object.values(bad)]);
const resources = examples.flatMap((example) => readExample(example).resources);
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

const all = configured(rules, configurationOf(rules, "prod"));

/** Shows so many hostile resources to every rule, alone and as a stack. Throws with the first that breaks one. */
export function expectToSurvive(resourceCount: number): void {
  const property = fc.property(hostile, (resource) => {
    for (const target of [resource, stackOf([resource])])
      for (const { rule, configuration } of all)
        for (const { outcome, message } of evaluate(rule, target, configuration.parameters))
          if (outcome === "failed") throw new Error(message);
  });
  fc.assert(property, { numRuns: resourceCount });
}
