import { describe, expect, it } from "vitest";
import { type Found, problemsOf } from "../../../components/cluster/existing/findings.ts";
import { parseSettings } from "../../../components/settings/parse.ts";

const dev = parseSettings({ environment: "dev", cloud: "existing" }).cluster;
const prod = parseSettings({ environment: "prod", cloud: "existing" }).cluster;

const node = { cpu: 16, memory: 62 * 2 ** 30, gpus: 0, isOpen: true };
const good: Found = { version: "1.34", defaultClasses: ["standard"], nodes: [node, node, node], isAdministrator: true };

describe("an existing cluster", () => {
  it("is taken that has what the settings say, and more", () => {
    expect(problemsOf(good, dev)).toEqual([]);
    expect(problemsOf({ ...good, nodes: [...good.nodes, { ...node, isOpen: false }] }, dev)).toEqual([]);
  });

  it.each<[string, Partial<Found>, string]>([
    ["an older Kubernetes", { version: "1.30" }, "it runs Kubernetes 1.30; the platform is installed on 1.31 to 1.36"],
    ["a newer Kubernetes", { version: "1.37" }, "it runs Kubernetes 1.37; the platform is installed on 1.31 to 1.36"],
    ["no right to install", { isAdministrator: false }, "you may not do everything in it"],
    [
      "no default StorageClass",
      { defaultClasses: [] },
      "it has no default StorageClass, without which no volume is made: kubectl annotate",
    ],
    [
      "two default StorageClasses",
      { defaultClasses: ["a", "b"] },
      "it has 2 default StorageClasses (a, b): kubectl annotate",
    ],
    [
      "too few nodes",
      { nodes: [node, node] },
      "2 of its nodes have 16 CPU and 64 GB and take any pod, where cluster.nodes says 3",
    ],
    ["nodes that are too small", { nodes: [node, node, { ...node, cpu: 8 }] }, "2 of its nodes have 16 CPU"],
    ["nodes with too little memory", { nodes: [node, node, { ...node, memory: 32e9 }] }, "2 of its nodes have 16 CPU"],
    ["nodes that take no pods", { nodes: [node, node, { ...node, isOpen: false }] }, "2 of its nodes have 16 CPU"],
  ])("is not that has %s", (_, changes, problem) => {
    expect(problemsOf({ ...good, ...changes }, dev)).toEqual([expect.stringContaining(problem)]);
  });

  it("needs the GPU nodes of the settings, tainted or not", () => {
    const general = Array.from({ length: 6 }, () => ({ ...node, cpu: 32, memory: 128e9 }));
    const gpu = { cpu: 32, memory: 128e9, gpus: 8, isOpen: false };
    expect(problemsOf({ ...good, nodes: [...general, gpu] }, prod)).toEqual([]);
    expect(problemsOf({ ...good, nodes: [...general, { ...gpu, gpus: 4 }] }, prod)).toEqual([
      expect.stringContaining("0 of its nodes have 8 GPUs, 32 CPU and 128 GB, where cluster.gpuPools[0] says 1"),
    ]);
  });
});
