import { describe, expect, it } from "vitest";
import { gpuOf } from "../../../policies/cloud/machines.ts";
import { gpuFamilies, hasGpus, nodePools, taintKeys } from "../../../policies/cloud/node-pools.ts";
import { openings } from "../../../policies/cloud/openings.ts";
import { isEverybody, isPrivate, isWithin, rangeOf } from "../../../policies/cloud/ranges.ts";
import { readExample } from "../../../policies/examples.ts";
import { UnknownValue } from "../../../policies/reading.ts";
import { isIn, versionOf } from "../../../policies/versions.ts";
import { UNKNOWN_TEXT } from "../../kit/policy.ts";

function range(text: string) {
  const found = rangeOf(text);
  if (found === undefined) throw new Error(`${text} is no range`);
  return found;
}

describe("ranges of addresses", () => {
  it.each(["10.0.0.0/33", "10.0.0/8", "10.0.0.0/8/8", "10.0.0.0/", "everybody", "", "2001:db8::/129"])(
    "%s is none",
    (text) => expect(rangeOf(text)).toBeUndefined(),
  );

  it.each(["0.0.0.0/0", "128.0.0.0/1", "::/0"])("%s is everybody", (text) => {
    expect(isEverybody(range(text))).toBe(true);
  });

  it.each(["203.0.113.0/24", "10.0.0.0/8", "2001:db8::/32", "fc00::/7"])("%s is not everybody", (text) => {
    expect(isEverybody(range(text))).toBe(false);
  });

  it.each([
    ["10.1.0.0/16", true],
    ["172.31.255.0/24", true],
    ["172.32.0.0/16", false],
    ["192.168.0.0/15", false],
    ["fd12::/16", true],
    ["2001:db8::/32", false],
    ["0.0.0.0/0", false],
  ])("%s is private: %s", (text, expected) => expect(isPrivate(range(text))).toBe(expected));

  it("lie in others of the same version that are as wide", () => {
    expect(isWithin(range("203.0.113.128/25"), ["198.51.100.0/24", "203.0.113.0/24"])).toBe(true);
    expect(isWithin(range("203.0.112.0/23"), ["203.0.113.0/24"])).toBe(false);
    expect(isWithin(range("2001:db8:1::/48"), ["0.0.0.0/0", "2001:db8::/32"])).toBe(true);
    expect(isWithin(range("2001:db8:1::/48"), ["0.0.0.0/0"])).toBe(false);
  });
});

describe("versions", () => {
  it.each([
    ["v1.8.0", "1.8.0"],
    ["1.31", "1.31.0"],
    ["1.34.1-do.0", "1.34.1"],
    ["1.33.5-gke.2072000", "1.33.5"],
    ["v4.36.0-gpu", "4.36.0"],
    ["v1-855e096", undefined],
    ["latest", undefined],
    ["20240101", undefined],
  ])("%s is %s", (text, version) => expect(versionOf(text)).toBe(version));

  it("are compared as numbers", () => {
    expect(isIn("1.10.0", ">=1.9.0")).toBe(true);
    expect(isIn("1.8.9", ">=1.9.0")).toBe(false);
  });
});

/** The pools in the resources of an example. */
function poolsIn(yaml: string) {
  return readExample(yaml).resources.flatMap(nodePools);
}

describe("pools of nodes", () => {
  it("are read on every cloud alike", () => {
    const pools = poolsIn(`
type: aws:eks/nodeGroup:NodeGroup
properties:
  instanceTypes: [p4d.24xlarge]
  capacityType: SPOT
  scalingConfig: { desiredSize: 2, minSize: 1, maxSize: 4 }
  taints: [{ key: nvidia.com/gpu, value: present, effect: NO_SCHEDULE }, { key: soft, effect: PREFER_NO_SCHEDULE }]
---
type: gcp:container/nodePool:NodePool
properties:
  nodeLocations: [europe-west4-a, europe-west4-b]
  initialNodeCount: 1
  autoscaling: { minNodeCount: 1, maxNodeCount: 3 }
  nodeConfig:
    machineType: n2-standard-8
    preemptible: true
    guestAccelerators: [{ type: nvidia-tesla-t4, count: 1 }]
    taints: [{ key: nvidia.com/gpu, value: present, effect: NO_EXECUTE }]
---
type: digitalocean:index/kubernetesCluster:KubernetesCluster
properties:
  nodePool: { size: gpu-h100x1-80gb, nodeCount: 2, taints: [{ key: nvidia.com/gpu, effect: NoSchedule }] }
`);
    expect(
      pools.map((pool) => ({
        cloud: pool.cloud,
        nodes: pool.reader.nodes(pool.value),
        isSpot: pool.reader.isSpot(pool.value),
        gpus: hasGpus(pool),
        families: gpuFamilies(pool),
        taints: taintKeys(pool),
      })),
    ).toEqual([
      {
        ...{ cloud: "aws", nodes: { count: 2, min: 1, max: 4 }, isSpot: true, gpus: true },
        ...{ families: ["a100-40gb"], taints: ["nvidia.com/gpu"] },
      },
      {
        ...{ cloud: "gcp", nodes: { count: 2, min: 2, max: 6 }, isSpot: true, gpus: true },
        ...{ families: [], taints: ["nvidia.com/gpu"] },
      },
      {
        ...{ cloud: "digitalocean", nodes: { count: 2, min: 2, max: 2 }, isSpot: false, gpus: true },
        ...{ families: ["h100"], taints: ["nvidia.com/gpu"] },
      },
    ]);
  });

  it("are none where a cluster has no pool of its own", () => {
    expect(poolsIn("type: gcp:container/cluster:Cluster\nproperties: { removeDefaultNodePool: true }")).toEqual([]);
    expect(poolsIn("type: gcp:container/cluster:Cluster")).toHaveLength(1);
    expect(poolsIn("type: aws:eks/cluster:Cluster")).toEqual([]);
  });

  it("tell no taint that nobody knows", () => {
    const [pool] = poolsIn(`{ type: "aws:eks/nodeGroup:NodeGroup", properties: { taints: ${UNKNOWN_TEXT} } }`);
    expect(() => pool && taintKeys(pool)).toThrow(UnknownValue);
  });

  it("have GPUs by the catalogue, and old ones by their name", () => {
    expect(gpuOf("aws", "p3.16xlarge")).toBe("v100");
    expect(gpuOf("aws", "m5.xlarge")).toBeUndefined();
    expect(gpuOf("gcp", "a2-highgpu-1g")).toBe("a100-40gb");
    expect(gpuOf("digitalocean", "gpu-mi300x1-192gb")).toBe("gpu-mi300x1-192gb");
  });
});

describe("openings of firewalls", () => {
  const read = (yaml: string) =>
    readExample(yaml)
      .resources.flatMap(openings)
      .map(({ value, opening }) => ({ from: opening.sources(value), ...opening.ports(value) }));

  it.each([
    [
      "a rule of a group",
      "{ type: aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule, properties: { ipProtocol: tcp, fromPort: 22, toPort: 25, cidrIpv6: ::/0 } }",
      { from: ["::/0"], ranges: [[22, 25]], isEverything: false },
    ],
    [
      "rules within a group",
      "{ type: aws:ec2/securityGroup:SecurityGroup, properties: { ingress: [{ protocol: -1, cidrBlocks: [0.0.0.0/0] }] } }",
      { from: ["0.0.0.0/0"], ranges: [[0, 65_535]], isEverything: true },
    ],
    [
      "a firewall that names nobody",
      "{ type: gcp:compute/firewall:Firewall, properties: { allows: [{ protocol: tcp, ports: ['8000-9000'] }] } }",
      { from: ["0.0.0.0/0"], ranges: [[8000, 9000]], isEverything: false },
    ],
    [
      "a firewall for machines with a tag",
      "{ type: gcp:compute/firewall:Firewall, properties: { allows: [{ protocol: all }], sourceTags: [web] } }",
      { from: [], ranges: [[0, 65_535]], isEverything: true },
    ],
    [
      "a firewall of Droplets",
      "{ type: digitalocean:index/firewall:Firewall, properties: { inboundRules: [{ protocol: tcp, portRange: '22', sourceAddresses: [0.0.0.0/0] }] } }",
      { from: ["0.0.0.0/0"], ranges: [[22, 22]], isEverything: false },
    ],
  ])("%s", (_, yaml, expected) => expect(read(yaml)).toEqual([expected]));

  it("are none of what only lets out, refuses, or pings", () => {
    expect(
      read("{ type: aws:ec2/securityGroupRule:SecurityGroupRule, properties: { type: ingress, protocol: icmp } }"),
    ).toEqual([{ from: [], ranges: [], isEverything: false }]);
    expect(read("{ type: gcp:compute/firewall:Firewall, properties: { direction: EGRESS, allows: [] } }")).toEqual([]);
    expect(read("{ type: gcp:compute/firewall:Firewall, properties: { denies: [{ protocol: all }] } }")).toEqual([]);
    expect(read("{ type: aws:ec2/defaultSecurityGroup:DefaultSecurityGroup, properties: { ingress: [] } }")).toEqual(
      [],
    );
  });
});
