import { describe, expect, it } from "vitest";
import { catalogue } from "../../../../components/cluster/aws/catalogue.ts";
import { ADD_ON_VERSIONS, addOnsOf, addOnWarnings } from "../../../../components/cluster/aws/add-ons/versions.ts";
import { VERSIONS } from "../../../../components/cluster/aws/versions.ts";
import { KUBERNETES_VERSIONS } from "../../../../components/cluster/settings.ts";
import { isZoneId, ZONES } from "../../../../components/cluster/aws/zones.ts";
import { gpu } from "../../../../components/cluster/aws/gpu.ts";

describe("the catalogue of AWS", () => {
  it("says where it is from and when", () => {
    const { source, date, priceSource } = catalogue;
    expect([source, priceSource === "unknown" ? "" : priceSource.url, gpu.source]).toEqual(
      Array.from({ length: 3 }, () => expect.stringMatching(/^https:\/\/github\.com\/\S+\/[0-9a-f]{40}\//) as string),
    );
    expect([date, priceSource === "unknown" ? "" : priceSource.date, gpu.date]).toEqual(
      Array.from({ length: 3 }, () => expect.stringMatching(/^2026-\d\d-\d\d$/) as string),
    );
  });

  it("has each type once, with figures that make sense", () => {
    const names = catalogue.types.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, cpu, memory, gpu: gpus, localDisk, price } of catalogue.types) {
      expect([name, cpu > 0, memory >= cpu * 2 * 2 ** 30, localDisk >= 0, gpus?.count !== 0]).toEqual([
        name,
        true,
        true,
        true,
        true,
      ]);
      expect([name, price === "unknown" || price > 0.01]).toEqual([name, true]);
    }
  });

  it("costs more for more of the same family", () => {
    const families = Map.groupBy(catalogue.types, ({ name, gpu: gpus }) => `${name.split(".")[0]} ${gpus?.count}`);
    for (const [family, types] of families) {
      const prices = types
        .toSorted((a, b) => a.cpu - b.cpu)
        .flatMap(({ price }) => (price === "unknown" ? [] : [price]));
      expect([family, prices]).toEqual([family, prices.toSorted((a, b) => a - b)]);
    }
  });

  it.each([
    ["m5.xlarge", { cpu: 4, memory: 16 * 2 ** 30, price: 0.192 }],
    ["m6i.4xlarge", { cpu: 16, memory: 64 * 2 ** 30, price: 0.768 }],
    ["g4dn.xlarge", { cpu: 4, localDisk: 125e9, gpu: { family: "t4", count: 1 } }],
    ["p4d.24xlarge", { cpu: 96, gpu: { family: "a100-40gb", count: 8 } }],
    ["p5e.48xlarge", { gpu: { family: "h200", count: 8 }, price: "unknown" }],
  ])("knows %s", (name, expected) => {
    expect(catalogue.types.find((type) => type.name === name)).toMatchObject(expected);
  });

  it("names zones by their IDs, two or more a region, without those that EKS refuses", () => {
    const zones = Object.values(ZONES);
    expect(zones.flat().filter((zone) => !isZoneId(zone))).toEqual([]);
    expect(new Set(zones.flat()).size).toBe(zones.flat().length);
    expect(zones.filter(({ length }) => length < 2)).toEqual([]);
    expect(zones.flat()).not.toContain("use1-az3");
    expect(isZoneId("us-east-1a")).toBe(false);
  });
});

describe("versions on EKS", () => {
  it.each(Object.entries(VERSIONS))("are of the minor %s", (minor, { minor: own, image, autoscaler }) => {
    expect(own).toBe(minor);
    expect(image).toMatch(new RegExp(`^${minor}\\.\\d+-2026\\d{4}$`));
    expect(autoscaler).toMatch(new RegExp(`:v${minor}\\.\\d+(@sha256:[0-9a-f]{64})?$`));
    expect(addOnsOf(own)["kube-proxy"]).toMatch(new RegExp(`^v${minor}\\.\\d+-eksbuild\\.\\d+$`));
  });

  it.each(Object.entries(ADD_ON_VERSIONS))("of %s are pinned or said to be unknown, and from somewhere", (_, addOn) => {
    expect(Object.keys(addOn.byMinor).toSorted()).toEqual(KUBERNETES_VERSIONS);
    for (const version of Object.values(addOn.byMinor))
      expect(version).toMatch(/^(v\d+\.\d+\.\d+-eksbuild\.\d+|unknown)$/);
    expect(addOn.sources.length).toBeGreaterThan(0);
    expect(addOn.date).toMatch(/^20\d\d-\d\d-\d\d$/);
  });

  it("are never left to EKS without a word", () => {
    expect(
      addOnWarnings("1.36", { coredns: "unknown", "vpc-cni": "v1.0.0-eksbuild.1", "kube-proxy": "unknown" }),
    ).toEqual([
      "cluster.version: no version of coredns, kube-proxy is known here for Kubernetes 1.36: EKS takes its default, " +
        "which may differ from one run to the next",
    ]);
    expect(addOnWarnings("1.34", addOnsOf("1.34"))).toEqual([]);
  });
});
