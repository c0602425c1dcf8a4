import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readName } from "../../../components/mirror/archive/names.ts";
import { archived, planVolumes } from "../../../components/mirror/archive/plan.ts";
import { sha256 } from "../../kit/images.ts";

const MIB = 1024 * 1024;
const FIXED = 5000;
const blobs = fc.uniqueArray(fc.record({ size: fc.integer({ min: 0, max: 40 * MIB }), seed: fc.integer() }), {
  maxLength: 12,
  selector: ({ seed }) => seed,
});
const maxSize = fc.integer({ min: 2 * MIB, max: 30 * MIB });

describe("blobs over volumes", () => {
  it("are all there, in order, without gaps, in volumes that are never too large", () => {
    fc.assert(
      fc.property(blobs, maxSize, (sizes, max) => {
        const content = sizes.map(({ size, seed }) => ({ digest: sha256(String(seed)), size }));
        const volumes = planVolumes(content, FIXED, max);
        for (const { pieces } of volumes) {
          const bytes = pieces.reduce((sum, { from, to }) => sum + archived(to - from), FIXED + 1024);
          expect(bytes).toBeLessThanOrEqual(max);
        }
        const pieces = volumes.flatMap((volume) => volume.pieces);
        for (const { digest, size } of content) {
          const own = pieces.filter((piece) => piece.digest === digest);
          expect(own[0]?.from).toBe(0);
          expect(own.at(-1)?.to).toBe(size);
          for (const [index, { from }] of own.entries()) if (index > 0) expect(from).toBe(own[index - 1]?.to);
          for (const { name, from } of own) expect(readName(name)).toEqual({ digest, from });
          expect(own.length === 1).toBe(!own.some(({ name }) => name.includes(".at")));
        }
        expect(new Set(pieces.map(({ name }) => name)).size).toBe(pieces.length);
      }),
    );
  });

  it("are one volume where no size is asked for", () => {
    const content = [3, 0, 5].map((size) => ({ digest: sha256(String(size)), size: size * 1e10 }));
    expect(planVolumes(content, FIXED)).toHaveLength(1);
  });

  it("do not fit where the volumes are too small, which tells the smallest", () => {
    expect(() => planVolumes([], FIXED, MIB)).toThrow(/the smallest are of 1\.1 MB/);
  });
});
