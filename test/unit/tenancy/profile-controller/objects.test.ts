import { describe, expect, it } from "vitest";
import {
  namespaceOf,
  ownedObjects,
  type Profile,
  refusal,
  withLabels,
} from "../../../../components/tenancy/profile-controller/objects.ts";
import { profileSettings } from "../../../../components/tenancy/profile-controller/settings.ts";

const SETTINGS = profileSettings({ USERID_HEADER: "kubeflow-userid" }, 'a: "1"\nistio-injection: ""\n');
const PROFILE: Profile = {
  metadata: { name: "team", uid: "u1" },
  spec: { owner: { kind: "User", name: "user@example.com" } },
};

describe("the Namespace of a Profile", () => {
  it("belongs to it, names the owner and has the labels of the file", () => {
    expect(namespaceOf(PROFILE, { ...SETTINGS, namespaceLabels: { a: "1" } })).toMatchObject({
      metadata: {
        name: "team",
        annotations: { owner: "user@example.com" },
        labels: { "istio-injection": "enabled", a: "1" },
        ownerReferences: [{ kind: "Profile", name: "team", uid: "u1", controller: true }],
      },
    });
  });

  it("keeps the labels it has, gets those that are missing and loses those the file leaves empty", () => {
    expect(withLabels({ a: "own", "istio-injection": "enabled" }, SETTINGS.namespaceLabels)).toEqual({ a: "own" });
  });

  it("that was there before is taken only from the same owner", () => {
    const namespace = (annotations: Record<string, string>) => ({ metadata: { ...PROFILE.metadata, annotations } });
    expect(refusal(PROFILE, namespace({ owner: "user@example.com" }))).toBeUndefined();
    for (const annotations of [{}, { owner: "somebody else" }] as Record<string, string>[]) {
      expect(refusal(PROFILE, namespace(annotations))).toBe(
        "namespace already exist, but not owned by profile creator user@example.com",
      );
    }
  });
});

describe("what a Profile owns", () => {
  const names = (profile: Profile) =>
    ownedObjects(profile, SETTINGS).map(({ object }) => `${String(object["kind"])} ${object.metadata.name}`);

  it("is access, accounts and roles", () => {
    expect(names(PROFILE)).toEqual([
      "AuthorizationPolicy ns-owner-access-istio",
      "ServiceAccount default-editor",
      "RoleBinding default-editor",
      "ServiceAccount default-viewer",
      "RoleBinding default-viewer",
      "RoleBinding namespaceAdmin",
    ]);
  });

  it("is a quota where it asks for one", () => {
    const spec = { ...PROFILE.spec, resourceQuotaSpec: { hard: { cpu: "8" } } };
    const quota = ownedObjects({ ...PROFILE, spec }, SETTINGS).at(-1);
    expect(quota).toMatchObject({
      kept: ["spec"],
      object: { metadata: { name: "kf-resource-quota" }, spec: { hard: { cpu: "8" } } },
    });
    expect(names({ ...PROFILE, spec: { ...PROFILE.spec, resourceQuotaSpec: {} } })).toHaveLength(6);
  });

  it("admits the owner by the configured header through the gateway only", () => {
    const policy = ownedObjects(PROFILE, SETTINGS)[0];
    expect(policy?.object).toMatchObject({
      spec: {
        rules: [
          {
            from: [
              {
                source: {
                  principals: [
                    "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account",
                    "cluster.local/ns/kubeflow/sa/ml-pipeline-ui",
                  ],
                },
              },
            ],
            when: [{ key: "request.headers[kubeflow-userid]", values: ["user@example.com"] }],
          },
          { when: [{ key: "source.namespace", values: ["team"] }] },
          {},
          {},
        ],
      },
    });
  });
});
