import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allocate,
  type Cidr,
  cidrOf,
  contains,
  formatCidr,
  overlap,
  parseCidr,
  sizeOf,
} from "../../../components/cluster/network/cidr.ts";

const cidr = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]): Cidr => ({ first: Math.floor(address / sizeOf(prefix)) * sizeOf(prefix), prefix }));

describe("ranges of addresses", () => {
  it("are read as they are written", () => {
    fc.assert(
      fc.property(cidr, (range) => {
        expect(parseCidr(formatCidr(range))).toEqual(range);
      }),
    );
  });

  it.each(["10.0.0.0", "10.0.0.0/33", "10.0.0.1/24", "256.0.0.0/8", "10.0.0/24", "::/0", "10.0.0.0/16 "])(
    "are not %j",
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
      expect(() => cidrOf(text)).toThrow(RangeError);
    },
  );

  it("overlap when and only when one contains the other", () => {
    fc.assert(
      fc.property(cidr, cidr, (one, other) => {
        expect(overlap(one, other)).toBe(contains(one, other) || contains(other, one));
        expect(overlap(one, other)).toBe(overlap(other, one));
      }),
    );
    expect(overlap(cidrOf("10.0.0.0/16"), cidrOf("10.0.255.0/24"))).toBe(true);
    expect(overlap(cidrOf("10.0.0.0/16"), cidrOf("10.1.0.0/16"))).toBe(false);
  });

  it("are allocated inside the whole, in order, without overlap", () => {
    const whole = cidrOf("10.0.0.0/16");
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 18, max: 28 }), { maxLength: 12 }), (prefixes) => {
        const needed = prefixes.reduce((sum, prefix) => sum + 2 * sizeOf(prefix), 0);
        fc.pre(needed <= sizeOf(16));
        const ranges = allocate(whole, prefixes);
        expect(ranges.map(({ prefix }) => prefix)).toEqual(prefixes);
        for (const [index, range] of ranges.entries()) {
          expect(contains(whole, range)).toBe(true);
          expect(ranges.slice(index + 1).some((other) => overlap(range, other))).toBe(false);
          expect(parseCidr(formatCidr(range))).toEqual(range);
        }
      }),
    );
  });

  it("are not allocated where there is no room", () => {
    expect(() => allocate(cidrOf("10.0.0.0/24"), [25, 25, 28])).toThrow("10.0.0.0/24 has no room");
  });
});
