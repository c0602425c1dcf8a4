import { expect, it } from "vitest";
import { expectToSurvive } from "../../kit/hostile.ts";

it("hostile and malformed input never breaks a rule: 10,000 resources", () => {
  expect(() => expectToSurvive(10_000)).not.toThrow();
});
