import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planSubnets, roomOf, VPC_PREFIXES } from "../../../../components/cluster/aws/network/subnets.ts";
import { type Cidr, cidrOf, contains, overlap, sizeOf } from "../../../../components/cluster/network/cidr.ts";

const zonesOf = (count: number) => Array.from({ length: count }, (_, index) => `use1-az${index + 1}`);

const networks = fc
  .record({
    prefix: fc.integer({ min: VPC_PREFIXES.largest, max: VPC_PREFIXES.smallest }),
    place: fc.nat(1000),
    zones: fc.integer({ min: 2, max: 6 }).map(zonesOf),
  })
  .map(({ prefix, place, zones }) => ({
    network: {
      first: cidrOf("10.0.0.0/8").first + (place % 2 ** (prefix - 8)) * sizeOf(prefix),
      prefix,
    } satisfies Cidr,
    zones,
  }));

describe("subnets of a VPC", () => {
  it("lie within it, apart from each other, one private and one public for each zone", () => {
    fc.assert(
      fc.property(networks, ({ network, zones }) => {
        const plan = planSubnets(network, zones);
        const subnets = plan.flatMap((subnet) => [subnet.private, subnet.public]).map(cidrOf);
        expect(plan.map(({ zone }) => zone)).toEqual(zones);
        expect(subnets.every((subnet) => contains(network, subnet))).toBe(true);
        for (const [index, subnet] of subnets.entries()) {
          expect(subnets.slice(index + 1).some((other) => overlap(subnet, other))).toBe(false);
        }
      }),
    );
  });

  it("leave room for another public subnet as large, and are as large as roomOf says", () => {
    fc.assert(
      fc.property(networks, ({ network, zones }) => {
        const plan = planSubnets(network, zones);
        const subnets = plan.flatMap((subnet) => [subnet.private, subnet.public]).map(cidrOf);
        const used = subnets.reduce((sum, { prefix }) => sum + sizeOf(prefix), 0);
        const [first] = subnets;
        expect(sizeOf(network.prefix) - used).toBeGreaterThanOrEqual(sizeOf(cidrOf(plan[0]?.public ?? "").prefix));
        expect(roomOf(network.prefix, zones.length)).toBe(sizeOf(first?.prefix ?? 32) - 16);
      }),
    );
  });

  it("are those that the documentation shows for a /16 over three zones", () => {
    expect(planSubnets(cidrOf("10.0.0.0/16"), zonesOf(3))).toEqual([
      { zone: "use1-az1", private: "10.0.0.0/18", public: "10.0.192.0/24" },
      { zone: "use1-az2", private: "10.0.64.0/18", public: "10.0.193.0/24" },
      { zone: "use1-az3", private: "10.0.128.0/18", public: "10.0.194.0/24" },
    ]);
  });
});
