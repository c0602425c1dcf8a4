import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../components/kit/errors.ts";
import { ApiError, Client } from "./client.ts";
import { allocatable, type Capacity, capacity } from "./node-capacity.ts";

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** A machine that only its Node object stands for. */
export interface SimulatedNode extends Capacity {
  readonly name: string;
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
}

interface Node {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly taints?: readonly Taint[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const READY_MS = 30_000;
const POLL_MS = 100;

/**
 * Creates the nodes, or brings those that are there to what is declared, and waits until pods can be scheduled to
 * each. `before` is how many others the cluster has. Throws UserError where one is not Ready after 30 s.
 */
export async function createNodes(
  kubeconfig: string,
  nodes: readonly SimulatedNode[],
  { before = 0 }: { readonly before?: number } = {},
): Promise<void> {
  const client = await Client.open(kubeconfig);
  try {
    await Promise.all(nodes.map((node, index) => createNode(client, nodeObject(node, before + index))));
    await allReady(
      client,
      nodes.map((node) => node.name),
    );
  } finally {
    await client.close();
  }
}

/** Takes nodes away, as a cloud does with their machines; what is gone already is no error. */
export async function removeNodes(kubeconfig: string, names: readonly string[]): Promise<void> {
  const client = await Client.open(kubeconfig);
  try {
    await Promise.all(names.map((name) => client.remove(`/api/v1/nodes/${name}`)));
  } finally {
    await client.close();
  }
}

/** The Node object a kubelet on such a machine would register. `index` gives it an address. */
export function nodeObject(node: SimulatedNode, index: number) {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: node.name,
      labels: {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/os": "linux",
        "kubernetes.io/hostname": node.name,
        ...(node.zone === undefined ? {} : { "topology.kubernetes.io/zone": node.zone }),
        ...node.labels,
      },
    },
    spec: { taints: node.taints ?? [] },
    status: {
      addresses: [
        { type: "InternalIP", address: `10.0.${Math.floor(index / 250)}.${(index % 250) + 2}` },
        { type: "Hostname", address: node.name },
      ],
      capacity: capacity(node),
      allocatable: allocatable(node),
    },
  };
}

async function createNode(client: Client, node: ReturnType<typeof nodeObject>): Promise<void> {
  try {
    await client.create("/api/v1/nodes?fieldManager=rehearsal", node);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
    const path = `/api/v1/nodes/${node.metadata.name}`;
    const { metadata, spec, status } = node;
    await client.patch(`${path}?fieldManager=rehearsal`, "merge-patch", {
      metadata: { labels: metadata.labels },
      spec,
    });
    await client.patch(`${path}/status?fieldManager=rehearsal`, "merge-patch", { status });
  }
}

async function allReady(client: Client, names: readonly string[]): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const { items } = await client.read<{ items: Node[] }>("/api/v1/nodes");
    const waiting = names.filter((name) => !items.some((node) => node.metadata.name === name && isReady(node)));
    if (waiting.length === 0) return;
    if (Date.now() > deadline) {
      throw new UserError(`nodes that were not Ready after ${READY_MS / 1000} s: ${waiting.join(", ")}`, {
        next: "run the rehearsal again; with --keep, `kubectl describe node` says why",
      });
    }
    await sleep(POLL_MS);
  }
}

/** Ready, and no longer tainted as not being so. */
function isReady(node: Node): boolean {
  return (
    (node.status?.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True") &&
    !(node.spec?.taints ?? []).some(({ key }) => key === "node.kubernetes.io/not-ready")
  );
}
