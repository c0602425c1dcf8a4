import { describe, expect, it } from "vitest";
import { aws } from "../../../../components/cluster/aws/index.ts";
import { UserError } from "../../../../components/kit/errors.ts";
import { parseSettings } from "../../../../components/settings/parse.ts";

interface Wish {
  readonly environment?: "dev" | "prod";
  readonly region?: string;
  readonly cluster?: Readonly<Record<string, unknown>>;
}

function plan({ environment = "prod", region = "eu-west-1", cluster = {} }: Wish = {}) {
  return aws.plan(parseSettings({ environment, cloud: "aws", region, cluster }).cluster);
}

function problemOf(wish: Wish): string {
  try {
    plan(wish);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "";
}

describe("the plan of a cluster on AWS", () => {
  it("meets prod with the cheapest machines that fit, over three zones", () => {
    const { zones, pools, subnets, version } = plan();
    expect(zones).toEqual(["euw1-az1", "euw1-az2", "euw1-az3"]);
    expect(subnets.map(({ zone }) => zone)).toEqual(zones);
    expect(pools.map(({ name, instanceType, count }) => [name, instanceType, count])).toEqual([
      ["node", "m5.8xlarge", 6],
      ["gpu", "g6.48xlarge", 1],
    ]);
    expect(version.image).toMatch(/^1\.34\./);
  });

  it("meets dev without GPUs", () => {
    expect(plan({ environment: "dev" }).pools.map(({ instanceType, count }) => [instanceType, count])).toEqual([
      ["m5.4xlarge", 3],
    ]);
  });

  it("labels GPU nodes for the autoscaler, and no others", () => {
    const [general, gpus] = plan().pools;
    expect(gpus?.labels).toMatchObject({ "k8s.amazonaws.com/accelerator": "nvidia-l4" });
    expect(general?.labels).not.toHaveProperty(["k8s.amazonaws.com/accelerator"]);
  });

  it("takes the machine that the settings name", () => {
    const pool = { name: "train", count: 1, cpu: 90, memory: "500 GB", disk: "1 TB", gpus: 8, family: "a100-80gb" };
    const { pools } = plan({ cluster: { gpuPools: [pool], nodes: { instanceType: "m7i.8xlarge" } } });
    expect(pools.map(({ instanceType }) => instanceType)).toEqual(["m7i.8xlarge", "p4de.24xlarge"]);
  });

  it.each<[string, Wish, string]>([
    [
      "one zone",
      { environment: "dev", cluster: { zones: ["euw1-az1"] } },
      "euw1-az1 is one zone; EKS wants subnets in two or more",
    ],
    [
      "one zone in prod, told once",
      { cluster: { zones: ["euw1-az1"] } },
      "for 1 reason:\n  cluster.zones: euw1-az1 is one zone",
    ],
    [
      "a zone's name",
      { cluster: { zones: ["eu-west-1a", "eu-west-1b"] } },
      "eu-west-1 has no zone eu-west-1a; it has euw1-az1",
    ],
    ["an unknown region", { region: "eu-west-9" }, "did you mean eu-west-1?"],
    [
      "a network that no VPC can be",
      { cluster: { network: { cidr: "10.0.0.0/12", pods: "10.64.0.0/16", services: "10.65.0.0/16" } } },
      "10.0.0.0/12 must be from /16, the largest VPC, to /22",
    ],
    [
      "a network without room for the pods",
      { cluster: { network: { cidr: "10.0.0.0/22" } } },
      "10.0.0.0/22 has 240 addresses a zone for nodes and pods, and the pools at their largest take 1400; give a range of /19",
    ],
    [
      "overlapping ranges",
      { cluster: { network: { cidr: "10.8.0.0/16" } } },
      "cidr 10.8.0.0/16 and services 10.8.0.0/16 overlap",
    ],
    ["everybody", { cluster: { access: { cidrs: ["0.0.0.0/0"] } } }, "0.0.0.0/0 is everybody"],
    [
      "an unknown machine",
      { cluster: { nodes: { instanceType: "m6i.9xlarge" } } },
      "cluster.nodes: the catalogue has no instance type m6i.9xlarge; the nearest name is m6i.",
    ],
    [
      "a machine that nobody rents",
      { cluster: { nodes: { cpu: 1000 } } },
      "cluster.nodes: no instance type in eu-west-1 has 1000 CPU",
    ],
    [
      "a disk that no volume is",
      { cluster: { nodes: { disk: "20 TB" } } },
      "cluster.nodes.disk: 20 TB is more than the largest gp3 volume, of 17.6 TB",
    ],
  ])("refuses %s", (_, wish, message) => {
    expect(problemOf(wish)).toContain(message);
  });
});
