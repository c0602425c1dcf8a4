import { beforeAll, describe, expect, it } from "vitest";
import { at, type KubernetesObject, objectId } from "../../../../components/kit/objects.ts";
import { credentialsFrom } from "../../../../components/kubeflow/credentials/derive.ts";
import { CREDENTIALS_ANNOTATION, restartedOnRotation } from "../../../../components/kubeflow/credentials/restart.ts";
import { rotationSettings } from "../../../../components/kubeflow/credentials/settings.ts";
import { releases } from "../../../../components/kubeflow/releases/index.ts";
import { realRelease } from "../../../kit/release.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const before = credentialsFrom(SECRET);
let source: KubernetesObject[];

beforeAll(async () => {
  source = (await realRelease()).map(({ object }) => object);
});

const markOf = (object: KubernetesObject) =>
  at(object, "spec", "template", "metadata", "annotations", CREDENTIALS_ANNOTATION);
const marks = (credentials: typeof before) =>
  new Map(
    source.map((object) => [
      objectId(object),
      markOf(restartedOnRotation(object, credentials, releases["1.8.1"].credentials)),
    ]),
  );

describe("rotation", () => {
  it("makes another password of one label and keeps the rest", () => {
    const after = credentialsFrom(SECRET, { "dex/oidc-client": 1 });
    const changed = Object.entries(after)
      .filter(([key, value]) => at(before, key) !== value)
      .map(([key]) => key);
    expect(changed).toEqual(["oidcClientSecret", "fingerprints"]);
    expect(credentialsFrom(SECRET, { "dex/oidc-client": 0 })).toEqual(before);
  });

  it("replaces the pods that read the password, and no others", () => {
    const [old, rotated] = [marks(before), marks(credentialsFrom(SECRET, { "dex/oidc-client": 1 }))];
    const replaced = [...old.keys()].filter((id) => old.get(id) !== rotated.get(id));
    expect(replaced.toSorted()).toEqual(["Deployment.apps auth/dex", "StatefulSet.apps istio-system/oidc-authservice"]);
    expect([...old.values()].filter((mark) => mark !== undefined).length).toBe(10);
  });

  it("replaces them for another stack secret as well", () => {
    const [old, other] = [marks(before), marks(credentialsFrom("fedcba9876543210fedcba9876543210"))];
    for (const [id, mark] of old) if (mark !== undefined) expect(other.get(id)).not.toBe(mark);
  });

  it("marks pods with generations, never with a password", () => {
    const text = JSON.stringify([...marks(before).values()]);
    for (const value of Object.values(before)) if (typeof value === "string") expect(text).not.toContain(value);
    expect(text).toContain("dex/oidc-client=0-");
  });

  it("knows its labels", () => {
    expect(rotationSettings.parse({ "dex/admin": 2 })).toEqual({ "dex/admin": 2 });
    expect(rotationSettings.safeParse({ "dex/adminn": 1 }).error?.issues[0]?.code).toBe("unrecognized_keys");
    expect(rotationSettings.safeParse({ "dex/admin": -1 }).success).toBe(false);
  });
});
