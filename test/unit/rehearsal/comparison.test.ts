import { describe, expect, it } from "vitest";
import { differencesOf } from "../../../rehearsal/comparison/difference.ts";
import { comparisonTold } from "../../../rehearsal/comparison/index.ts";
import { isCompared, isKindCompared, normalForm } from "../../../rehearsal/comparison/normal-form.ts";

const written = (object: object, metadata: object = {}) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "x", namespace: "kubeflow", uid: "1", resourceVersion: "7", managedFields: [], ...metadata },
  status: { loadBalancer: {} },
  ...object,
});

describe("normal form", () => {
  it("leaves out what a server assigns and when it was written", () => {
    const service = written({
      spec: { clusterIP: "10.96.0.7", clusterIPs: ["10.96.0.7"], ports: [{ port: 80, nodePort: 31000 }] },
    });
    expect(normalForm(service)).toEqual({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "x", namespace: "kubeflow" },
      spec: { ports: [{ port: 80 }] },
    });
  });

  it("keeps labels and annotations but those of controllers", () => {
    const annotations = { "deployment.kubernetes.io/revision": "2", "prometheus.io/scrape": "true" };
    expect(normalForm(written({}, { annotations, labels: { app: "x" } }))["metadata"]).toEqual({
      name: "x",
      namespace: "kubeflow",
      annotations: { "prometheus.io/scrape": "true" },
      labels: { app: "x" },
    });
  });

  it("shows no value of a Secret, and every value of a ConfigMap", () => {
    const data = { password: "aHVudGVyMg==" };
    expect(normalForm(written({ kind: "Secret", data }))["data"]).toEqual({ password: "" });
    expect(normalForm(written({ kind: "ConfigMap", data }))["data"]).toEqual(data);
  });

  it("compares what was installed, not what the cluster makes of it", () => {
    expect(["deployments", "networkpolicies", "notebooks"].filter(isKindCompared)).toHaveLength(3);
    expect(["pods", "replicasets", "ipaddresses"].filter(isKindCompared)).toEqual([]);
    expect(isCompared("configmaps kubeflow/katib-config")).toBe(true);
    expect(isCompared("configmaps kubeflow/kube-root-ca.crt")).toBe(false);
  });
});

describe("differences", () => {
  const first = new Map([
    ["deployments.apps kubeflow/a", { spec: { replicas: 1, template: { labels: { "a/b": "1" } } } }],
    ["configmaps kubeflow/gone", {}],
  ]);
  const second = new Map([
    ["deployments.apps kubeflow/a", { spec: { replicas: 2, template: { labels: { "a/b": "2" } } } }],
    ["configmaps kubeflow/new", {}],
  ]);

  it("name the object, and the fields or the cluster that alone has it", () => {
    expect(differencesOf(first, second)).toEqual([
      { object: "configmaps kubeflow/gone", found: { onlyIn: "first" } },
      { object: "configmaps kubeflow/new", found: { onlyIn: "second" } },
      { object: "deployments.apps kubeflow/a", found: { fields: [".spec.replicas", '.spec.template.labels["a/b"]'] } },
    ]);
    expect(differencesOf(first, new Map(first))).toEqual([]);
  });

  it("are told a line each", () => {
    const told = comparisonTold({ objects: 3, differences: differencesOf(first, second) }, "local", "pulumi");
    expect(told.split("\n")).toEqual([
      "configmaps kubeflow/gone: only in local",
      "configmaps kubeflow/new: only in pulumi",
      'deployments.apps kubeflow/a: .spec.replicas, .spec.template.labels["a/b"]',
      "3 objects compared, 3 differ",
    ]);
  });
});
