import { describe, expect, it } from "vitest";
import type { Service } from "../../../rehearsal/stand-ins/cluster.ts";
import { assignments } from "../../../rehearsal/stand-ins/load-balancers.ts";
import {
  type Claim,
  isReleased,
  needsVolume,
  selectedNode,
  type StorageClass,
  volumeFor,
  type Volume,
  wantedSize,
} from "../../../rehearsal/stand-ins/provisioning.ts";

const metadata = { name: "data", namespace: "kubeflow", uid: "u1", resourceVersion: "1" };

function claim(annotations: Record<string, string>, changes: Partial<Claim> = {}): Claim {
  return {
    metadata: { ...metadata, annotations },
    spec: {
      storageClassName: "standard",
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "20Gi" } },
    },
    status: { phase: "Pending" },
    ...changes,
  };
}

const CALLED = { "volume.kubernetes.io/storage-provisioner": "disk.test" };
const CLASS: StorageClass = {
  metadata: { name: "standard", uid: "u2", resourceVersion: "1" },
  provisioner: "disk.test",
  reclaimPolicy: "Retain",
};

describe("a claim", () => {
  it("gets a volume once the volume controller calls the provisioner", () => {
    expect(needsVolume(claim({}))).toBe(false);
    expect(needsVolume(claim(CALLED))).toBe(true);
    expect(needsVolume(claim(CALLED, { status: { phase: "Bound" } }))).toBe(false);
    expect(needsVolume(claim(CALLED, { spec: { volumeName: "mine" } }))).toBe(false);
  });

  it("names the node that its first pod goes to", () => {
    expect(selectedNode(claim({ ...CALLED, "volume.kubernetes.io/selected-node": "node-2" }))).toBe("node-2");
  });

  it("grows when it asks for more than it has", () => {
    const bound = (capacity: string): Claim =>
      claim({}, { status: { phase: "Bound", capacity: { storage: capacity } } });
    expect(wantedSize(bound("10Gi"))).toBe("20Gi");
    expect(wantedSize(bound("20Gi"))).toBeUndefined();
    expect(wantedSize(claim({}))).toBeUndefined();
  });
});

describe("a volume", () => {
  it("is made for its claim, by its class", () => {
    expect(volumeFor(claim(CALLED), CLASS, undefined)).toMatchObject({
      metadata: { name: "pvc-u1" },
      spec: {
        capacity: { storage: "20Gi" },
        accessModes: ["ReadWriteOnce"],
        persistentVolumeReclaimPolicy: "Retain",
        claimRef: { namespace: "kubeflow", name: "data", uid: "u1" },
        csi: { driver: "disk.test", volumeHandle: "pvc-u1" },
      },
    });
    expect(volumeFor(claim(CALLED), { ...CLASS, provisioner: "old.test/disks" }, undefined)).toMatchObject({
      spec: { csi: { driver: "old.test.disks" } },
    });
  });

  it("stays in the zone of the node it was made for", () => {
    const node = {
      metadata: { name: "n", uid: "u3", resourceVersion: "1", labels: { "topology.kubernetes.io/zone": "a" } },
    };
    const expression = { key: "topology.kubernetes.io/zone", operator: "In", values: ["a"] };
    expect(volumeFor(claim(CALLED), CLASS, node)).toMatchObject({
      spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } } },
    });
  });

  it("is deleted when released, if it was made here and its class says so", () => {
    const volume = (policy: string, annotations = {}): Volume => ({
      metadata: { ...metadata, annotations },
      spec: { persistentVolumeReclaimPolicy: policy },
      status: { phase: "Released" },
    });
    const ours = { "pv.kubernetes.io/provisioned-by": "disk.test" };
    expect(isReleased(volume("Delete", ours))).toBe(true);
    expect(isReleased(volume("Delete"))).toBe(false);
    expect(isReleased(volume("Retain", ours))).toBe(false);
  });
});

describe("load balancers", () => {
  const service = (name: string, type: string, ip?: string): Service => ({
    metadata: { ...metadata, name },
    spec: { type },
    status: { loadBalancer: ip === undefined ? {} : { ingress: [{ ip }] } },
  });

  it("get an address each that no other has", () => {
    const services = [
      service("has", "LoadBalancer", "203.0.113.1"),
      service("waits", "LoadBalancer"),
      service("inside", "ClusterIP"),
      service("waits too", "LoadBalancer"),
    ];
    expect(assignments(services).map(({ service, ip }) => [service.metadata.name, ip])).toEqual([
      ["waits", "203.0.113.2"],
      ["waits too", "203.0.113.3"],
    ]);
  });

  it("beyond the network's size wait", () => {
    const many = Array.from({ length: 300 }, (_, index) => service(`s${index}`, "LoadBalancer"));
    expect(assignments(many)).toHaveLength(254);
  });
});
