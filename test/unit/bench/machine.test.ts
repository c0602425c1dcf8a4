import { describe, expect, it } from "vitest";
import { busySeconds } from "../../../bench/harness/machine.ts";

describe("the busy time of the machine", () => {
  it("is the sum over all processors, without what they spent idle or waiting, and guests once", () => {
    const stat = "cpu  1000 200 300 99999 5000 10 20 70 400 0\ncpu0 1 1 1 1 1 1 1 1 1 1\nctxt 5\n";
    expect(busySeconds(stat)).toBe(16);
  });
});
