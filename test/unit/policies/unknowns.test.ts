import { describe, expect, it } from "vitest";
import { type Example, readExample } from "../../../policies/examples.ts";
import type { Step } from "../../../policies/reading.ts";
import type { Resource } from "../../../policies/resource.ts";
import { rules } from "../../../policies/rules/index.ts";
import { viewOf } from "../../../policies/view.ts";
import { findingsOf, UNKNOWN_TEXT } from "../../kit/policy.ts";

/** The example with one value of a resource unknown. */
function withUnknown(example: Example, resource: Resource, path: readonly Step[]): Example {
  const properties = changed(resource.properties, path) as Record<string, unknown>;
  const unknown = viewOf({ ...resource, properties });
  return { ...example, resources: example.resources.map((each) => (each.urn === resource.urn ? unknown : each)) };
}

function changed(value: unknown, [step, ...rest]: readonly Step[]): unknown {
  if (step === undefined) return UNKNOWN_TEXT;
  if (Array.isArray(value)) return value.map((each: unknown, index) => (index === step ? changed(each, rest) : each));
  const fields = value as Record<Step, unknown>;
  return { ...fields, [step]: changed(fields[step], rest) };
}

/** Every place in a value, but for what the engine always knows. What a ConfigMap says as text ends at the text. */
function placesIn(value: unknown, path: readonly Step[] = []): (readonly Step[])[] {
  if (path[0] === "apiVersion" || path[0] === "kind") return [];
  const own = path.length === 0 ? [] : [path];
  if (typeof value !== "object" || value === null) return own;
  const inner = Object.entries(value).flatMap(([key, field]: [string, unknown]) =>
    placesIn(field, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return [...own, ...inner];
}

const cases = rules.flatMap((rule) =>
  Object.entries(rule.examples.bad).map(([check, example]) => [rule.id, check, rule, example] as const),
);

describe("a value that is unknown in a preview", () => {
  it.each(cases)("does not silence %s (%s)", (_, check, rule, yaml) => {
    const example = readExample(yaml);
    if (example.exemptions !== "") return;
    // It may well be what is wrong in the example, wherever in it that is.
    for (const resource of example.resources) {
      for (const place of placesIn(resource.properties)) {
        const found = findingsOf(rule, withUnknown(example, resource, place));
        expect(found.length, `${place.join(".")} unknown`).toBeGreaterThan(0);
        expect(found.filter(({ outcome }) => outcome === "failed")).toEqual([]);
      }
    }
  });
});
