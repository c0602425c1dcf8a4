import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesQuantity, cpuQuantity, quantityOf } from "../../../components/kit/quantities.ts";

describe("quantities", () => {
  it.each([
    ["500m", 0.5],
    ["2", 2],
    ["0.5", 0.5],
    [".5", 0.5],
    ["1Gi", 2 ** 30],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["64G", 64e9],
    ["100Mi", 100 * 2 ** 20],
    ["0", 0],
  ])("%s is %d", (text, value) => {
    expect(quantityOf(text)).toBe(value);
  });

  it.each(["", "Gi", "1 Gi", "1gi", "-1", "1e3", "ten"])("%j is none", (text) => {
    expect(() => quantityOf(text)).toThrow(`${JSON.stringify(text)} is not a quantity`);
  });

  it("are written as they are read, rounded up", () => {
    expect(cpuQuantity(1.5)).toBe("1500m");
    expect(cpuQuantity(0.1 + 0.2)).toBe("300m");
    expect(cpuQuantity(0.0001)).toBe("1m");
    expect(bytesQuantity(8.7e9)).toBe("8700M");
    expect(bytesQuantity(1.5)).toBe("2");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 }), fc.integer({ min: 0, max: 1e8 }), (bytes, millicores) => {
        expect(quantityOf(bytesQuantity(bytes))).toBe(bytes);
        expect(quantityOf(cpuQuantity(millicores / 1000))).toBe(millicores / 1000);
      }),
    );
  });
});
