import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../../rehearsal/providers/kubernetes/objects.ts";
import { judgeOf, type Surroundings } from "../../../rehearsal/providers/kubernetes/readiness.ts";

type Parts = Record<string, never> | object;
const ready = { ready: true };
const waiting = (what: string) => ({ ready: false, waiting: what });
const failed = (what: string) => ({ ready: false, waiting: what, failed: true });
const condition = (type: string, status: string, message = "") => ({ conditions: [{ type, status, message }] });

function judge(kind: string, spec: Parts, status: Parts, around: Partial<Surroundings> = {}) {
  const [apiVersion = "", name = ""] = kind.split(" ");
  const metadata = { name: "x", generation: 2 };
  const object = { apiVersion, kind: name, metadata, spec, status } as unknown as KubernetesObject;
  return judgeOf(object)?.(object, { endpointSlices: [], waitsForConsumer: false, ...around });
}

describe.each([
  ["apps/v1 Deployment", { replicas: 2 }, {}, waiting("its controller")],
  ["apps/v1 Deployment", { replicas: 2 }, { observedGeneration: 1, updatedReplicas: 2 }, waiting("its controller")],
  ["apps/v1 Deployment", { replicas: 2 }, { observedGeneration: 2, updatedReplicas: 1 }, waiting("1 of 2 up to date")],
  [
    "apps/v1 Deployment",
    { replicas: 2 },
    { observedGeneration: 2, updatedReplicas: 2, readyReplicas: 1, ...condition("Available", "False") },
    waiting("1 of 2 ready"),
  ],
  [
    "apps/v1 Deployment",
    { replicas: 2 },
    { observedGeneration: 2, updatedReplicas: 2, ...condition("Available", "True") },
    ready,
  ],
  ["apps/v1 Deployment", { replicas: 0 }, { observedGeneration: 2, ...condition("Available", "True") }, ready],
  ["apps/v1 StatefulSet", { replicas: 2 }, { observedGeneration: 2, readyReplicas: 1 }, waiting("1 of 2 ready")],
  [
    "apps/v1 StatefulSet",
    { replicas: 1 },
    { observedGeneration: 2, readyReplicas: 1, currentRevision: "a", updateRevision: "b", updatedReplicas: 0 },
    waiting("0 of 1 up to date"),
  ],
  [
    "apps/v1 StatefulSet",
    { replicas: 1 },
    { observedGeneration: 2, readyReplicas: 1, currentRevision: "b", updateRevision: "b" },
    ready,
  ],
  [
    "apps/v1 DaemonSet",
    {},
    { observedGeneration: 2, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 2 },
    waiting("2 of 3 ready"),
  ],
  ["apps/v1 DaemonSet", {}, { observedGeneration: 2, desiredNumberScheduled: 0 }, ready],
  ["batch/v1 Job", { completions: 3 }, { succeeded: 1 }, waiting("1 of 3 completed")],
  ["batch/v1 Job", {}, condition("Complete", "True"), ready],
  ["batch/v1 Job", {}, condition("Failed", "True", "too many tries"), failed("failed: too many tries")],
  ["v1 Pod", {}, { phase: "Running", ...condition("Ready", "True") }, ready],
  ["v1 Pod", {}, { phase: "Succeeded" }, ready],
  ["v1 Pod", {}, { phase: "Failed", message: "evicted" }, failed("failed: evicted")],
  ["v1 Pod", {}, condition("PodScheduled", "False", "no nodes"), waiting("not scheduled: no nodes")],
  ["v1 PersistentVolumeClaim", {}, { phase: "Pending" }, waiting("phase Pending, not Bound")],
  ["v1 PersistentVolumeClaim", {}, { phase: "Bound" }, ready],
  ["v1 Service", { selector: { app: "x" } }, {}, waiting("a ready endpoint")],
  ["v1 Service", { selector: { app: "x" }, clusterIP: "None" }, {}, ready],
  ["v1 Service", { selector: {} }, {}, ready],
  ["v1 Service", { type: "ExternalName", selector: { app: "x" } }, {}, ready],
  ["v1 Service", { type: "LoadBalancer" }, { loadBalancer: {} }, waiting("an address of the load balancer")],
  ["v1 Service", { type: "LoadBalancer" }, { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } }, ready],
  ["networking.k8s.io/v1 Ingress", {}, {}, waiting("an address")],
])("%s", (kind, spec, status, expected) => {
  it(`with ${JSON.stringify(status)} ${expected.ready ? "is ready" : "is not"}`, () => {
    expect(judge(kind, spec, status)).toEqual(expected);
  });
});

describe("what surrounds an object", () => {
  it("a Service is ready with an endpoint that is, and without one that says it is not", () => {
    const slice = (...flags: (boolean | undefined)[]) => ({
      endpoints: flags.map((flag) => ({ conditions: flag === undefined ? {} : { ready: flag } })),
    });
    const service = (...flags: (boolean | undefined)[]) =>
      judge("v1 Service", { selector: { app: "x" } }, {}, { endpointSlices: [slice(...flags)] });
    expect(service(false, true)).toEqual(ready);
    expect(service(undefined)).toEqual(ready);
    expect(service(false)).toEqual(waiting("a ready endpoint"));
  });

  it("a claim whose class waits for its first consumer is ready while it is pending", () => {
    expect(judge("v1 PersistentVolumeClaim", {}, { phase: "Pending" }, { waitsForConsumer: true })).toEqual(ready);
    expect(judge("v1 PersistentVolumeClaim", {}, { phase: "Lost" }, { waitsForConsumer: true })).toMatchObject({
      ready: false,
    });
  });
});

it("knows no readiness of other kinds", () => {
  expect(judge("v1 ConfigMap", {}, {})).toBeUndefined();
});
