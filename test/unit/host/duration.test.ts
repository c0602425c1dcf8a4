import { describe, expect, it } from "vitest";
import { parseDuration } from "../../../rehearsal/host/duration.ts";

describe("a duration", () => {
  it.each([
    ["", 0],
    ["90s", 90],
    ["10m", 600],
    ["1h30m", 5400],
    ["1.5h", 5400],
    ["500ms", 0.5],
  ])("%j is %d seconds", (text, seconds) => {
    expect(parseDuration(text)).toBeCloseTo(seconds);
  });

  it.each(["10", "ten minutes", "10m!", "-1s"])("%j is refused", (text) => {
    expect(() => parseDuration(text)).toThrow(`the duration "${text}" cannot be read`);
  });
});
