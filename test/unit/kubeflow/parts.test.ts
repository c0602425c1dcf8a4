import { describe, expect, it } from "vitest";
import { partOf } from "../../../components/kubeflow/parts.ts";
import { releases } from "../../../components/kubeflow/releases/index.ts";
import { plannedRelease } from "../../kit/release.ts";

const release = releases["1.8.1"];

describe("parts", () => {
  it("hold every object of the release, and none is empty", async () => {
    const plan = await plannedRelease();
    const parts = plan.waves.flat().map((object) => plan.partOf(object).name);
    expect(parts.length).toBe(634);
    expect(new Set(parts)).toEqual(new Set(Object.keys(release.parts)));
  });

  it("go by folder, the longest first", () => {
    expect(partOf(release, "common/knative/knative-eventing/base/x.yaml").name).toBe("knative-eventing");
    expect(partOf(release, "apps/pipeline/upstream/base/x.yaml").title).toBe("Pipelines");
  });

  it("refuse a folder that no part names", () => {
    expect(() => partOf(release, "apps/spark/x.yaml")).toThrow('no part of Kubeflow v1.8.1 holds "apps/spark/x.yaml"');
  });
});
