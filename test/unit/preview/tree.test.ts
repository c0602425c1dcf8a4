import { describe, expect, it } from "vitest";
import { countsOf, treeOf } from "../../../rehearsal/preview/tree.ts";

const node = (type: string, name: string, parent?: string, custom = true) => ({
  urn: name,
  type,
  name,
  custom,
  ...(parent === undefined ? {} : { parent }),
});

const resources = [
  node("pulumi:pulumi:Stack", "kubeflow-dev", undefined, false),
  node("kubeflow:cluster:Aws", "cluster", "kubeflow-dev", false),
  node("aws:ec2/vpc:Vpc", "network", "cluster"),
  node("aws:eks/cluster:Cluster", "control-plane", "cluster"),
  node("aws:eks/addon:Addon", "dns", "control-plane"),
  node("pulumi:providers:aws", "provider", "kubeflow-dev"),
  node("kubeflow:kubeflow:Kubeflow", "kubeflow", "kubeflow-dev", false),
  node("kubernetes:apps/v1:Deployment", "a/one", "kubeflow"),
  node("kubernetes:core/v1:Service", "a/two", "kubeflow"),
  node("kubernetes:apps/v1:Deployment", "a/three", "kubeflow"),
];

describe("the tree of a preview", () => {
  it("shows every resource below its parent, and how many Kubernetes objects there are of a kind", () => {
    expect(treeOf(resources).join("\n")).toMatchInlineSnapshot(`
      "pulumi:pulumi:Stack kubeflow-dev
      ├─ kubeflow:cluster:Aws cluster
      │  ├─ aws:ec2/vpc:Vpc network
      │  └─ aws:eks/cluster:Cluster control-plane
      │     └─ aws:eks/addon:Addon dns
      ├─ kubeflow:kubeflow:Kubeflow kubeflow
      │  └─ Deployment x 2, Service
      └─ pulumi:providers:aws provider"
    `);
  });

  it("is counted by what makes the resources", () => {
    expect(countsOf(resources)).toEqual({ aws: 3, components: 2, kubernetes: 3, providers: 1 });
  });
});
