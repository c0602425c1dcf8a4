import { describe, expect, it } from "vitest";
import { credentialsFrom } from "../../../components/kubeflow/credentials/derive.ts";
import { partOf } from "../../../components/kubeflow/parts.ts";
import { planInstall } from "../../../components/kubeflow/plan.ts";
import { releases } from "../../../components/kubeflow/releases/index.ts";
import { realRelease } from "../../kit/release.ts";

const release = releases["1.8.1"];

describe("parts", () => {
  it("hold every object of the release, and none is empty", async () => {
    const plan = planInstall(release, await realRelease(), credentialsFrom("0123456789abcdef0123456789abcdef"));
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
