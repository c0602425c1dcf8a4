import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Catalogue, GPU_FAMILIES, type InstanceType } from "../../../components/cluster/sizing/catalogue.ts";
import { type MachineNeed, pick } from "../../../components/cluster/sizing/pick.ts";

const REGION = "here";
const GIB = 2 ** 30;

const gpu = fc.record({ family: fc.constantFrom(...GPU_FAMILIES), count: fc.constantFrom(1, 2, 4, 8) });
const instanceType = fc
  .record(
    {
      name: fc.uuid(),
      cpu: fc.constantFrom(2, 4, 8, 16, 32, 96),
      memory: fc.constantFrom(8, 16, 64, 128, 384).map((gib) => gib * GIB),
      localDisk: fc.constantFrom(0, 1e12),
      regions: fc.constantFrom<InstanceType["regions"]>("unknown", [REGION], ["elsewhere"], [REGION, "elsewhere"]),
      price: fc.oneof(
        fc.constant("unknown" as const),
        fc.integer({ min: 1, max: 5000 }).map((cents) => cents / 100),
      ),
      gpu,
    },
    { requiredKeys: ["name", "cpu", "memory", "localDisk", "regions", "price"] },
  )
  .map((type): InstanceType => type);
const catalogue = fc
  .array(instanceType, { maxLength: 30 })
  .map((types): Catalogue => ({ source: "test", date: "2026-01-01", priceSource: "unknown", types, zones: {} }));
const need = fc.record(
  {
    cpu: fc.integer({ min: 1, max: 128 }),
    memory: fc.integer({ min: 1, max: 512 }).map((gigabytes) => gigabytes * 1e9),
    scratch: fc.boolean(),
    gpu: fc.record(
      { count: fc.integer({ min: 1, max: 16 }), family: fc.constantFrom(...GPU_FAMILIES) },
      { requiredKeys: ["count"] },
    ),
  },
  { requiredKeys: ["cpu", "memory"] },
) as fc.Arbitrary<MachineNeed>;

/** Said once more, and otherwise than in the code: whether a type in the region has all that is needed. */
function serves(type: InstanceType, wanted: MachineNeed): boolean {
  const isHere = type.regions === "unknown" || type.regions.includes(REGION);
  const hasGpus =
    wanted.gpu === undefined
      ? type.gpu === undefined
      : type.gpu !== undefined &&
        type.gpu.count >= wanted.gpu.count &&
        (wanted.gpu.family ?? type.gpu.family) === type.gpu.family;
  const hasScratch = wanted.scratch !== true || type.localDisk > 0;
  return isHere && hasGpus && hasScratch && type.cpu >= wanted.cpu && type.memory >= wanted.memory;
}

const priceOf = ({ price }: InstanceType) => (price === "unknown" ? Infinity : price);

describe("the instance type for a need", () => {
  it("has enough of everything, and exists where one does", () => {
    fc.assert(
      fc.property(catalogue, need, (from, wanted) => {
        const picked = pick(from, REGION, wanted);
        const serving = from.types.filter((type) => serves(type, wanted));
        if ("problem" in picked) expect(serving).toEqual([]);
        else expect(serving).toContain(picked.type);
      }),
    );
  });

  it("is the cheapest of those that the region is known to have, else of the others", () => {
    fc.assert(
      fc.property(catalogue, need, (from, wanted) => {
        const picked = pick(from, REGION, wanted);
        if ("problem" in picked) return;
        const serving = from.types.filter((type) => serves(type, wanted));
        const known = serving.filter(({ regions }) => regions !== "unknown");
        const rivals = known.length > 0 ? known : serving;
        expect(rivals).toContain(picked.type);
        expect(picked.isAvailabilityKnown).toBe(known.length > 0);
        expect(priceOf(picked.type)).toBe(Math.min(...rivals.map(priceOf)));
      }),
    );
  });

  it("does not depend on the order of the catalogue", () => {
    fc.assert(
      fc.property(catalogue, need, (from, wanted) => {
        expect(pick({ ...from, types: from.types.toReversed() }, REGION, wanted)).toEqual(pick(from, REGION, wanted));
      }),
    );
  });

  it("costs no less when more is needed", () => {
    fc.assert(
      fc.property(catalogue, need, fc.nat(64), (from, wanted, more) => {
        const types = from.types.filter(({ regions }) => regions !== "unknown");
        const [less, greater] = [wanted, { ...wanted, cpu: wanted.cpu + more }].map((one) =>
          pick({ ...from, types }, REGION, one),
        );
        if (less === undefined || greater === undefined || "problem" in greater) return;
        if ("problem" in less) throw new Error("more can be had than less");
        expect(priceOf(less.type)).toBeLessThanOrEqual(priceOf(greater.type));
      }),
    );
  });
});

const small: InstanceType = { name: "m.small", cpu: 4, memory: 16 * GIB, localDisk: 0, regions: [REGION], price: 0.2 };
const large: InstanceType = { ...small, name: "m.large", cpu: 32, memory: 128 * GIB, price: 1.6 };
const graphics: InstanceType = { ...large, name: "g.large", gpu: { family: "a10g", count: 4 }, price: 5 };
const away: InstanceType = { ...graphics, name: "g.away", gpu: { family: "h100", count: 8 }, regions: ["there"] };
const four: Catalogue = {
  source: "test",
  date: "2026-01-01",
  priceSource: "unknown",
  types: [small, large, graphics, away],
  zones: {},
};

describe("a need that nothing meets is told with what is nearest:", () => {
  it.each<[string, MachineNeed, string]>([
    [
      "too large",
      { cpu: 64, memory: 128e9 },
      "no instance type in here has 64 CPU, 128 GB; the nearest is m.large (32 CPU, 137.4 GB)",
    ],
    [
      "too many GPUs",
      { cpu: 8, memory: 64e9, gpu: { count: 8 } },
      "no instance type in here has 8 CPU, 64 GB, 8 GPUs; the nearest is g.large (32 CPU, 137.4 GB, 4 x a10g)",
    ],
    [
      "a family that is elsewhere",
      { cpu: 8, memory: 64e9, gpu: { count: 8, family: "h100" } },
      "no instance type in here has 8 CPU, 64 GB, 8 GPUs of h100; there are a10g there, and what is asked for in there",
    ],
    [
      "a type of another name",
      { cpu: 1, memory: 1e9, instanceType: "m.smal" },
      "the catalogue has no instance type m.smal; the nearest name is m.small",
    ],
    [
      "a type that is elsewhere",
      { cpu: 1, memory: 1e9, instanceType: "g.away" },
      "here does not have g.away; there has",
    ],
    [
      "a chosen type of another family",
      { cpu: 1, memory: 1e9, gpu: { count: 1, family: "v100" }, instanceType: "g.large" },
      "g.large (32 CPU, 137.4 GB, 4 x a10g) has another GPU family than v100: a pool has one family",
    ],
    [
      "a chosen type with too few GPUs",
      { cpu: 1, memory: 1e9, gpu: { count: 8 }, instanceType: "g.large" },
      "g.large (32 CPU, 137.4 GB, 4 x a10g) has 4 of the 8 GPUs that are asked for",
    ],
    [
      "GPUs for general nodes",
      { cpu: 1, memory: 1e9, instanceType: "g.large" },
      "g.large (32 CPU, 137.4 GB, 4 x a10g) has GPUs, which general nodes do not use",
    ],
  ])("%s", (_, wanted, problem) => {
    expect(pick(four, REGION, wanted)).toEqual({ problem });
  });
});
