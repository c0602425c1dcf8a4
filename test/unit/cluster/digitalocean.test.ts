import { describe, expect, it } from "vitest";
import { nameWithin } from "../../../components/cluster/digitalocean/dns.ts";
import { digitalocean } from "../../../components/cluster/digitalocean/index.ts";
import { parseSettings } from "../../../components/settings/parse.ts";

const planOf = (settings: object) =>
  digitalocean.plan(parseSettings({ environment: "prod", cloud: "digitalocean", region: "fra1", ...settings }).cluster);

describe("a plan for DigitalOcean", () => {
  it("says what DigitalOcean cannot do, and what is done in its place", () => {
    const { pools, deviations } = planOf({});
    expect(pools.map(({ instanceType }) => instanceType)).toEqual(["g-32vcpu-128gb", "gpu-h100x8-640gb"]);
    expect(deviations.map(({ setting }) => setting)).toEqual(["cluster.zones", "cluster.access", "cluster.nodes.disk"]);
    expect(deviations.find(({ setting }) => setting === "cluster.nodes.disk")?.given).toBe(
      "400 GB that come with g-32vcpu-128gb, and attached volumes hold what is larger",
    );
  });

  it("refuses what would never be there: interruptible machines, a region of another cloud", () => {
    const pool = { name: "t", count: 1, cpu: 8, memory: "32 GB", disk: "1 TB", gpus: 1, training: true, spot: true };
    expect(() => planOf({ cluster: { gpuPools: [pool] } })).toThrow(
      "cluster.gpuPools[0].spot: DigitalOcean has no interruptible machines",
    );
    expect(() => planOf({ region: "eu-central-1" })).toThrow(/region: eu-central-1 is not in the table/);
  });
});

describe("a DNS record at DigitalOcean", () => {
  it("is named within its domain", () => {
    expect(nameWithin("example.com", "kubeflow.example.com")).toBe("kubeflow");
    expect(nameWithin("example.com", "*.kubeflow.example.com")).toBe("*.kubeflow");
    expect(nameWithin("example.com", "example.com")).toBe("@");
  });
});
