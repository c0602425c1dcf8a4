import type { V1Pod } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { answerWebhook, type AdmissionSources, type ConfigMap } from "../../../rehearsal/stand-ins/admission.ts";
import { patchAt } from "../../../rehearsal/stand-ins/json-patch.ts";
import { meets } from "../../../components/kit/selectors.ts";
import type { PodDefault } from "../../../rehearsal/stand-ins/pod-defaults.ts";
import { Store } from "../../../rehearsal/stand-ins/store.ts";

interface Answer {
  apiVersion: string;
  kind: string;
  response: { uid: string; allowed: boolean; patch?: string; patchType?: string; status?: { message: string } };
}

const POD: V1Pod = { metadata: { name: "p", labels: {} }, spec: { containers: [{ name: "c" }] } };

function sources(): AdmissionSources {
  const values = { global: { hub: "h", tag: "t", proxy: { image: "proxyv2" }, proxy_init: { image: "proxyv2" } } };
  const injectors = new Store<ConfigMap>("/api/v1/configmaps");
  injectors.replace([
    {
      metadata: { name: "istio-sidecar-injector", namespace: "istio-system", uid: "1", resourceVersion: "1" },
      data: { config: "policy: enabled\ntemplates:\n  sidecar: |\n    {{ text }}\n", values: JSON.stringify(values) },
    },
  ]);
  return { injectors, podDefaults: new Store<PodDefault>("/apis/kubeflow.org/v1alpha1/poddefaults") };
}

function ask(path: string, apiVersion = "admission.k8s.io/v1", from = sources()): Answer {
  const request = { uid: "u1", namespace: "team", object: POD };
  const review = { apiVersion, kind: "AdmissionReview", request };
  return answerWebhook({ service: "istio-system/istiod", path, review }, from) as Answer;
}

describe("an admission review", () => {
  it.each(["admission.k8s.io/v1", "admission.k8s.io/v1beta1"])(
    "is answered in the version it came in: %s",
    (version) => {
      expect(ask("/validate-anything", version)).toEqual({
        apiVersion: version,
        kind: "AdmissionReview",
        response: { uid: "u1", allowed: true },
      });
    },
  );

  it("of the injector patches the sidecar in", () => {
    const { response } = ask("/inject");
    expect(response).toMatchObject({ uid: "u1", allowed: true, patchType: "JSONPatch" });
    const patch = JSON.parse(Buffer.from(response.patch ?? "", "base64").toString()) as {
      path: string;
      value: unknown;
    }[];
    expect(patch.find(({ path }) => path === "/spec/containers")?.value).toMatchObject([
      { name: "c" },
      { name: "istio-proxy" },
    ]);
  });

  it("of the injector is denied while it has no configuration", () => {
    const bare = { ...sources(), injectors: new Store<ConfigMap>("/api/v1/configmaps") };
    expect(ask("/inject", undefined, bare).response).toMatchObject({ allowed: false });
  });

  it("of PodDefaults that conflict is denied with the reason", () => {
    const from = sources();
    from.podDefaults.replace([
      {
        metadata: { name: "d", namespace: "team", uid: "2", resourceVersion: "1" },
        spec: { selector: {}, labels: { a: "1" } },
      },
      {
        metadata: { name: "e", namespace: "team", uid: "3", resourceVersion: "1" },
        spec: { selector: {}, labels: { a: "2" } },
      },
    ]);
    const { response } = ask("/apply-poddefault", undefined, from);
    expect(response.allowed).toBe(false);
    expect(response.status?.message).toMatch(/conflict occurred while applying poddefaults/);
  });
});

describe("a conversion review", () => {
  it("names the version that is wanted and keeps all else", () => {
    const review = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "ConversionReview",
      request: {
        uid: "u2",
        desiredAPIVersion: "x/v1",
        objects: [{ apiVersion: "x/v1beta1", kind: "X", spec: { a: 1 } }],
      },
    };
    expect(answerWebhook({ service: "a/b", path: "/convert", review }, sources())).toEqual({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "ConversionReview",
      response: {
        uid: "u2",
        convertedObjects: [{ apiVersion: "x/v1", kind: "X", spec: { a: 1 } }],
        result: { status: "Success" },
      },
    });
  });
});

describe("a patch", () => {
  it("holds what differs at the paths, and nothing else", () => {
    const before = { a: { b: 1, c: [1] }, d: 1 };
    const after = { a: { b: 1, c: [1, 2] }, d: 2 };
    expect(patchAt(before, after, ["/a/b", "/a/c", "/a/missing"])).toEqual([
      { op: "add", path: "/a/c", value: [1, 2] },
    ]);
  });
});

describe("a label selector", () => {
  const labels = { app: "web", tier: "front" };
  it.each([
    [{}, true],
    [{ matchLabels: { app: "web" } }, true],
    [{ matchLabels: { app: "db" } }, false],
    [{ matchExpressions: [{ key: "app", operator: "In", values: ["db", "web"] }] }, true],
    [{ matchExpressions: [{ key: "none", operator: "In", values: ["x"] }] }, false],
    [{ matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }, false],
    [{ matchExpressions: [{ key: "none", operator: "NotIn", values: ["x"] }] }, true],
    [{ matchExpressions: [{ key: "tier", operator: "Exists" }] }, true],
    [{ matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] }, false],
    [{ matchLabels: { app: "web" }, matchExpressions: [{ key: "tier", operator: "Unknown" }] }, false],
  ])("%j: %s", (selector, expected) => {
    expect(meets(labels, selector)).toBe(expected);
  });
});
