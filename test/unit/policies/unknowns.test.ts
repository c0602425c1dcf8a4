import { describe, expect, it } from "vitest";
import { type Example, readExample } from "../../../policies/examples.ts";
import { peek, type Step } from "../../../policies/reading.ts";
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

/** Every place that exists on the way to a value; what a ConfigMap says as text ends at the text. */
function placesTo(resource: Resource, path: readonly Step[]): (readonly Step[])[] {
  return path
    .map((_, index) => path.slice(0, index + 1))
    .filter((prefix) => peek(resource.properties, prefix) !== undefined)
    .filter(([first]) => first !== "apiVersion" && first !== "kind");
}

const cases = rules.flatMap((rule) =>
  Object.entries(rule.examples.bad).map(([check, example]) => [rule.id, check, rule, example] as const),
);

describe("a value that is unknown in a preview", () => {
  it.each(cases)("does not silence %s (%s)", (_, check, rule, yaml) => {
    const example = readExample(yaml);
    if (example.exemptions !== "") return;
    for (const { subject, steps } of findingsOf(rule, example).filter((finding) => finding.check === check)) {
      for (const place of placesTo(subject.resource, steps)) {
        const found = findingsOf(rule, withUnknown(example, subject.resource, place));
        expect(found.length, `${place.join(".")} unknown`).toBeGreaterThan(0);
        expect(found.filter(({ outcome }) => outcome === "failed")).toEqual([]);
      }
    }
  });
});
