import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KubernetesObject, textAt } from "../../components/kit/objects.ts";
import { liveObjects } from "../kit/cluster.ts";
import { type Ended, RehearsalHome, summaryIn } from "../kit/rehearsal.ts";

let home: RehearsalHome;
let ended: Ended;
let pods: KubernetesObject[];
let nodes: KubernetesObject[];

beforeAll(async () => {
  home = await RehearsalHome.open();
  ended = await home.run(["prod", "--cloud", "existing", "--json", "--keep", "--name", "prod-test"]);
  const like = (kind: string) => ({ apiVersion: "v1", kind, metadata: { name: "" } });
  const live = await liveObjects(summaryIn(ended).kubeconfig ?? "", [like("Pod"), like("Node")]);
  pods = [...live.values()].filter(({ kind }) => kind === "Pod");
  nodes = [...live.values()].filter(({ kind }) => kind === "Node");
});
afterAll(() => home.close());

describe("rehearse prod", () => {
  it("installs everything on six nodes", () => {
    expect(ended.code, ended.stderr).toBe(0);
    expect(summaryIn(ended)).toMatchObject({
      ok: true,
      environment: "prod",
      objects: { source: 641, release: 567, total: 649, applied: 649 },
      workloads: { ready: 47, total: 47 },
      pods: { pending: 0, failed: 0 },
    });
  });

  it("has the nodes of the settings, the GPU node with its eight GPUs", () => {
    expect(nodes.length).toBe(7);
    expect(nodes.filter((node) => textAt(node, "status", "capacity", "cpu") === "32").length).toBe(7);
    expect(nodes.filter((node) => textAt(node, "status", "capacity", "nvidia.com/gpu") === "8").length).toBe(1);
  });

  it("lets nothing of the platform onto the GPU node but the agent that every node needs", () => {
    expect(pods.length).toBeGreaterThan(40);
    const there = pods.filter((pod) => textAt(pod, "spec", "nodeName")?.startsWith("gpu") === true);
    expect(there.map((pod) => textAt(pod, "metadata", "ownerReferences", 0, "name"))).toEqual(["istio-cni-node"]);
  });
});
