import { describe, expect, it } from "vitest";
import { objectId } from "../../../components/kit/objects.ts";
import { partOf } from "../../../components/kubeflow/parts.ts";
import { repaired } from "../../../components/kubeflow/repairs/index.ts";
import { releases } from "../../../components/kubeflow/releases/index.ts";
import { EVERY_COMPONENT, plannedRelease, realRelease } from "../../kit/release.ts";

const release = releases["1.8.1"];

describe("parts", () => {
  it("hold every object of the platform, and none is empty", async () => {
    const plan = await plannedRelease({ components: EVERY_COMPONENT });
    const parts = plan.waves.flat().map((object) => plan.partOf(object).name);
    expect(new Set(parts)).toEqual(new Set(Object.keys(release.parts)));
  });

  it("lose nothing of the release but what something better stands for", async () => {
    const planned = new Set((await plannedRelease({ components: EVERY_COMPONENT })).waves.flat().map(objectId));
    const lost = (await realRelease()).map(({ object }) => objectId(repaired(object))).filter((id) => !planned.has(id));
    expect(lost.toSorted()).toMatchInlineSnapshot(`
      [
        "ClusterRoleBinding.rbac.authorization.k8s.io meta-controller-cluster-role-binding",
        "ClusterRoleBinding.rbac.authorization.k8s.io profiles-cluster-rolebinding",
        "ConfigMap default/default-install-config-9h2h2b6hbk",
        "Profile.kubeflow.org kubeflow-user-example-com",
        "Role.rbac.authorization.k8s.io kubeflow/pipeline-runner",
        "RoleBinding.rbac.authorization.k8s.io kubeflow/pipeline-runner-binding",
        "ServiceAccount kubeflow/pipeline-runner",
      ]
    `);
  });

  it("go by folder, the longest first", () => {
    expect(partOf(release, "common/knative/knative-eventing/base/x.yaml").name).toBe("knative-eventing");
    expect(partOf(release, "apps/pipeline/upstream/base/x.yaml").title).toBe("Pipelines");
  });

  it("refuse a folder that no part names", () => {
    expect(() => partOf(release, "apps/spark/x.yaml")).toThrow('no part of Kubeflow v1.8.1 holds "apps/spark/x.yaml"');
  });
});
