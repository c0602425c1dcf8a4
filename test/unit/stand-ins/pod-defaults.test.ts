import type { V1Pod } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { defaultsFor, type PodDefault, withDefaults } from "../../../rehearsal/stand-ins/pod-defaults.ts";

function podDefault(name: string, spec: Partial<PodDefault["spec"]>): PodDefault {
  return {
    metadata: { name, namespace: "team", uid: name, resourceVersion: "7" },
    spec: { selector: { matchLabels: { notebook: "yes" } }, ...spec },
  };
}

const POD: V1Pod = {
  metadata: { name: "n-0", labels: { notebook: "yes" } },
  spec: {
    containers: [
      { name: "n", env: [{ name: "A", value: "1" }] },
      { name: "istio-proxy", args: ["proxy"] },
    ],
  },
};

describe("which PodDefaults apply", () => {
  const one = podDefault("one", {});

  it("those of the namespace that select the pod", () => {
    const elsewhere = { ...one, metadata: { ...one.metadata, namespace: "other" } };
    const unselective = podDefault("two", { selector: { matchLabels: { notebook: "no" } } });
    expect(defaultsFor(POD, "team", [one, elsewhere, unselective])).toEqual([one]);
  });

  it("none where the pod excludes itself", () => {
    const annotations = { "poddefault.admission.kubeflow.org/exclude": "true" };
    expect(defaultsFor({ ...POD, metadata: { ...POD.metadata, annotations } }, "team", [one])).toEqual([]);
  });
});

describe("applying PodDefaults", () => {
  it("adds to the pod and to each container", () => {
    const mounts = [{ name: "data", mountPath: "/data" }];
    const { metadata, spec } = withDefaults(POD, [
      podDefault("one", {
        labels: { team: "a" },
        env: [{ name: "B", value: "2" }],
        volumes: [{ name: "data", emptyDir: {} }],
        volumeMounts: mounts,
        tolerations: [{ key: "gpu", operator: "Exists" }],
        serviceAccountName: "reader",
        command: ["start"],
      }),
    ]);
    expect(metadata?.labels).toEqual({ notebook: "yes", team: "a" });
    expect(metadata?.annotations).toEqual({ "poddefault.admission.kubeflow.org/poddefault-one": "7" });
    expect(spec).toMatchObject({
      serviceAccountName: "reader",
      volumes: [{ name: "data" }],
      tolerations: [{ key: "gpu" }],
      containers: [
        { name: "n", env: [{ name: "A" }, { name: "B" }], volumeMounts: mounts, command: ["start"] },
        { name: "istio-proxy", volumeMounts: mounts },
      ],
    });
    expect(spec?.containers[1]).not.toHaveProperty("command");
    expect(spec).not.toHaveProperty("initContainers");
  });

  it("changes nothing where none applies", () => {
    expect(withDefaults(POD, [])).toBe(POD);
  });

  it("takes what is there with the same value, refuses what has another", () => {
    expect(
      withDefaults(POD, [podDefault("one", { env: [{ name: "A", value: "1" }] })]).spec?.containers[0]?.env,
    ).toHaveLength(1);
    expect(() => withDefaults(POD, [podDefault("one", { env: [{ name: "A", value: "2" }] })])).toThrow(
      "conflict occurred while applying poddefaults: variable A is there with another value",
    );
    const twice = [podDefault("one", { labels: { a: "1" } }), podDefault("two", { labels: { a: "2" } })];
    expect(() => withDefaults(POD, twice)).toThrow(/label or annotation a/);
  });
});
