import { describe, expect, it } from "vitest";
import { EVERY, ignoreChanges, parsePropertyPath } from "../../../rehearsal/host/property-path.ts";
import { Secret } from "../../../rehearsal/host/values.ts";

describe("a property path", () => {
  it.each([
    ["data", ["data"]],
    ["webhooks[*].clientConfig.caBundle", ["webhooks", EVERY, "clientConfig", "caBundle"]],
    ['metadata.annotations["a.b/c"].x', ["metadata", "annotations", "a.b/c", "x"]],
    ["a[0][12]", ["a", 0, 12]],
    ["*.b", [EVERY, "b"]],
  ])("%s is read", (text, segments) => {
    expect(parsePropertyPath(text)).toEqual(segments);
  });

  it("that cannot be read is refused with its place", () => {
    expect(() => parsePropertyPath("a[b")).toThrow('"a[b" cannot be read from its character 2 on');
  });
});

describe("ignored changes", () => {
  const oldInputs = { webhooks: [{ ca: "old", rules: 1 }, { rules: 1 }], data: { a: "1" }, kept: 1 };
  const newInputs = { webhooks: [{ ca: "new", rules: 2 }, { ca: "new" }], kept: 2 };

  it("take the old value, and leave out what was not there", () => {
    expect(ignoreChanges(newInputs, oldInputs, ["webhooks[*].ca"])).toEqual({
      webhooks: [{ ca: "old", rules: 2 }, {}],
      kept: 2,
    });
  });

  it("bring back what is gone", () => {
    expect(ignoreChanges(newInputs, oldInputs, ["data", "webhooks"])).toEqual({ ...oldInputs, kept: 2 });
  });

  it("reach into secrets, which stay secret", () => {
    const secret = { spec: new Secret({ a: "new", b: "new" }) };
    expect(ignoreChanges(secret, { spec: new Secret({ a: "old" }) }, ["spec.a"])).toEqual({
      spec: new Secret({ a: "old", b: "new" }),
    });
  });

  it("change nothing where the path leads nowhere", () => {
    expect(ignoreChanges(newInputs, oldInputs, ["kept.deeper", "nothing[3].x"])).toEqual(newInputs);
  });
});
