import { describe, expect, it } from "vitest";
import { type ResourceRecord, Secret, UNKNOWN } from "../../../rehearsal/host/index.ts";
import { differences } from "../../../rehearsal/graph/difference.ts";
import { graphOf } from "../../../rehearsal/graph/graph.ts";

const urn = (types: string, name: string) => `urn:pulumi:prod::kubeflow::${types}::${name}`;
const STACK = urn("pulumi:pulumi:Stack", "kubeflow-prod");
const VPC = urn("kubeflow:cluster:Aws$aws:ec2/vpc:Vpc", "network");
const PROVIDER = urn("pulumi:providers:aws", "aws");

function record(type: string, name: string, changes: Partial<ResourceRecord> = {}): ResourceRecord {
  return {
    urn: urn(type, name),
    type,
    name,
    custom: true,
    inputs: {},
    dependencies: [],
    propertyDependencies: {},
    options: {},
    id: "",
    outputs: {},
    operation: "create",
    ...changes,
  };
}

const subnet = record("aws:ec2/subnet:Subnet", "private", {
  parent: urn("kubeflow:cluster:Aws", "cluster"),
  provider: `${PROVIDER}::1234`,
  inputs: { vpcId: UNKNOWN, cidrBlock: "10.0.0.0/20", tags: {}, password: new Secret("hush") },
  dependencies: [PROVIDER, VPC].toSorted(),
  propertyDependencies: { vpcId: [VPC], cidrBlock: [VPC] },
  options: { protect: true, deletedWith: VPC, version: "7.48.0" },
});
const object = record("kubernetes:core/v1:ConfigMap", "a/b", { inputs: { data: { a: "1" } } });
const stack = record("pulumi:pulumi:Stack", "kubeflow-prod", { urn: STACK, custom: false });

describe("the graph of a stack", () => {
  it("has resources in full, by type and name, with what unknown values come from and without secrets", () => {
    const graph = graphOf([object, subnet, stack], { password: new Secret("hush"), url: "https://a" });
    expect(graph).toEqual({
      resources: {
        "aws:ec2/subnet:Subnet private": {
          deletedWith: "aws:ec2/vpc:Vpc network",
          dependsOn: ["pulumi:providers:aws aws"],
          from: { vpcId: ["aws:ec2/vpc:Vpc network"] },
          inputs: { cidrBlock: "10.0.0.0/20", password: "[secret]", vpcId: "[unknown]" },
          options: { protect: true },
          parent: "kubeflow:cluster:Aws cluster",
          provider: "pulumi:providers:aws aws",
        },
      },
      objects: { "kubernetes:core/v1:ConfigMap a/b": expect.stringMatching(/^[0-9a-f]{12}$/) as string },
      outputs: { password: "[secret]", url: "https://a" },
    });
    expect(JSON.stringify(graph)).not.toContain("hush");
  });

  it("does not depend on the order of registration", () => {
    expect(JSON.stringify(graphOf([subnet, object], {}))).toBe(JSON.stringify(graphOf([object, subnet], {})));
  });

  it.each<[string, Partial<ResourceRecord>]>([
    ["an input", { inputs: { data: { a: "2" } } }],
    ["an option", { options: { retainOnDelete: true } }],
    ["a dependency", { dependencies: [VPC] }],
  ])("changes with %s of an object", (_, changes) => {
    expect(graphOf([{ ...object, ...changes }], {})).not.toEqual(graphOf([object], {}));
  });

  it("is none where two resources cannot be told apart", () => {
    expect(() => graphOf([subnet, subnet], {})).toThrow("two resources are aws:ec2/subnet:Subnet private");
  });
});

describe("the differences of two graphs", () => {
  it("name the path, and what was and is there", () => {
    const before = { resources: { a: { inputs: { size: 1, list: ["x", "y"] } }, gone: {} } };
    const after = { resources: { a: { inputs: { size: 2, list: ["x"] } }, come: { inputs: {} } } };
    expect(differences(before, after)).toEqual([
      '- resources > a > inputs > list > 1: "y"',
      "- resources > a > inputs > size: 1",
      "+ resources > a > inputs > size: 2",
      '+ resources > come: {"inputs":{}}',
      "- resources > gone: {}",
    ]);
    expect(differences(after, after)).toEqual([]);
  });
});
