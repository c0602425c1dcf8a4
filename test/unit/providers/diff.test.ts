import { describe, expect, it } from "vitest";
import { changedPaths, replacingPaths } from "../../../rehearsal/providers/kubernetes/diff.ts";

describe("changed paths", () => {
  it("name the deepest maps, and lists as a whole", () => {
    const before = { a: { b: 1, same: [{ x: 1 }] }, gone: true, list: [{ x: 1 }, 2] };
    const after = { a: { b: 2, same: [{ x: 1 }], more: null }, list: [{ x: 2 }, 2] };
    expect(changedPaths(before, after)).toEqual(["a.b", "a.more", "gone", "list"]);
  });

  it("are none for equal values", () => {
    expect(changedPaths({ a: [1, { b: "c" }] }, { a: [1, { b: "c" }] })).toEqual([]);
  });
});

describe("paths that replace", () => {
  it.each([
    ["Deployment", ["spec.replicas", "spec.selector.matchLabels.app"], ["spec.selector.matchLabels.app"]],
    ["ConfigMap", ["metadata.name", "data.a"], ["metadata.name"]],
    ["ConfigMap", ["metadata.namespace"], ["metadata.namespace"]],
    ["ConfigMap", ["metadata.labels.x"], []],
    ["ClusterRoleBinding", ["roleRef.name", "subjects"], ["roleRef.name"]],
    ["StatefulSet", ["spec.volumeClaimTemplates", "spec.template.spec"], ["spec.volumeClaimTemplates"]],
    ["Pod", ["spec.containers"], ["spec.containers"]],
    ["PersistentVolumeClaim", ["spec.resources.requests.storage"], []],
  ])("of a %s with changes in %j are %j", (kind, changed, expected) => {
    expect(replacingPaths({ kind }, changed)).toEqual(expected);
  });

  it("include a whole that holds an immutable field", () => {
    expect(replacingPaths({ kind: "Deployment" }, ["spec"])).toEqual(["spec"]);
  });
});
