import { describe, expect, it } from "vitest";
import {
  at,
  entriesAt,
  formatPath,
  isFalse,
  isTrue,
  listAt,
  numberAt,
  textAt,
  textsAt,
  UNKNOWN,
  UnknownValue,
} from "../../../policies/reading.ts";

const tree = { a: { b: [{ c: "x", n: "3", t: "true" }, null] }, unknown: UNKNOWN, list: ["a", UNKNOWN], nothing: null };

describe("reading", () => {
  it("finds what is there, and undefined where the path ends early", () => {
    expect(textAt(tree, "a", "b", 0, "c")).toBe("x");
    expect(numberAt(tree, "a", "b", 0, "n")).toBe(3);
    expect([isTrue(tree, "a", "b", 0, "t"), isFalse(tree, "a", "b", 0, "t")]).toEqual([true, false]);
    expect(at(tree, "a", "b", 1, "c")).toBeUndefined();
    expect(at(tree, "nothing")).toBeUndefined();
    expect(at(tree, "a", "constructor")).toBeUndefined();
    expect([listAt(tree, "a"), entriesAt(tree, "list")]).toEqual([[], []]);
  });

  it.each([
    ["the value itself", () => at(tree, "unknown"), "unknown"],
    ["what would be below it", () => textAt(tree, "unknown", "deeper", 0), "unknown"],
    ["a text among others", () => textsAt(tree, "list"), "list[1]"],
  ])("stops at %s where it is unknown", (_, read, path) => {
    expect(read).toThrow(UnknownValue);
    expect(read).toThrow(`${path} is not known before the update`);
  });

  it("writes paths as people do", () => {
    expect(formatPath(["spec", "containers", 0, "image"])).toBe("spec.containers[0].image");
    expect(formatPath(["metadata", "labels", "a.b/c"])).toBe('metadata.labels["a.b/c"]');
  });
});
