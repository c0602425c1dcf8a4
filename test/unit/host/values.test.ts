import { describe, expect, it } from "vitest";
import { fromJson, toJson } from "../../../rehearsal/host/signatures.ts";
import {
  equal,
  hasUnknown,
  keepSecrets,
  mask,
  redact,
  reveal,
  Secret,
  secretStrings,
  UNKNOWN,
  type Properties,
  type Value,
} from "../../../rehearsal/host/values.ts";

const nested = { plain: 1, list: ["a", new Secret({ b: "hunter2", c: "abc" })] };

describe("secrets", () => {
  it("do not show when printed by accident", () => {
    const secret = new Secret("hunter2");
    expect(`${String(secret)} ${JSON.stringify({ secret })}`).not.toContain("hunter2");
  });

  it("are masked for people and revealed for providers", () => {
    expect(mask(nested)).toEqual({ plain: 1, list: ["a", "[secret]"] });
    expect(reveal(nested)).toEqual({ plain: 1, list: ["a", { b: "hunter2", c: "abc" }] });
  });

  it("keep their mark on outputs that came in as secrets, at any depth, and on named ones", () => {
    const outputs = keepSecrets({ list: ["a"], plain: 1, token: "t" }, nested, ["token"]);
    expect(outputs).toEqual({ list: new Secret(["a"]), plain: 1, token: new Secret("t") });
  });

  it("are replaced in texts, also where they were quoted, and short ones left alone", () => {
    const secrets = secretStrings({ a: new Secret(['multi\nline "x"', "abc"]), b: "plain text" });
    expect(redact('got multi\nline "x"; multi\\nline \\"x\\" abc plain text', secrets)).toBe(
      "got [secret]; [secret] abc plain text",
    );
  });

  it("survive the state", () => {
    const value: Properties = { ...nested, later: UNKNOWN };
    expect(fromJson(JSON.parse(JSON.stringify(toJson(value))) as never)).toEqual(value);
  });
});

describe("unknown values", () => {
  it("are found inside secrets", () => {
    expect(hasUnknown({ a: [new Secret({ b: UNKNOWN })] })).toBe(true);
    expect(hasUnknown(nested)).toBe(false);
  });

  it("cannot be revealed unless something takes their place", () => {
    expect(() => reveal([UNKNOWN])).toThrow("unknown until the update");
    expect(reveal([UNKNOWN], "later")).toEqual(["later"]);
  });
});

describe("equality", () => {
  it.each<[Value, Value, boolean]>([
    [{ a: [1, { b: null }] }, { a: [1, { b: null }] }, true],
    [{ a: new Secret("x") }, { a: "x" }, true],
    [{ a: 1 }, { a: 1, b: null }, false],
    [[1, 2], [1], false],
    [{ a: UNKNOWN }, { a: "x" }, false],
  ])("of %j and %j is %s", (left, right, expected) => {
    expect(equal(left, right)).toBe(expected);
  });
});
