import { beforeAll, describe, expect, it } from "vitest";
import { groupKind, type KubernetesObject, listAt, objectId, textAt } from "../../../../components/kit/objects.ts";
import { withCredentials } from "../../../../components/kubeflow/credentials/apply.ts";
import { credentialsFrom } from "../../../../components/kubeflow/credentials/derive.ts";
import { imagesAdjustment, profilePullObjects } from "../../../../components/kubeflow/images/index.ts";
import { PULL_SECRET } from "../../../../components/kubeflow/images/pull-secrets.ts";
import { registriesSettings } from "../../../../components/kubeflow/images/settings.ts";
import { workloadOf } from "../../../../components/kubeflow/order/workload.ts";
import { each, type Plan, planInstall } from "../../../../components/kubeflow/plan.ts";
import { images181 } from "../../../../components/kubeflow/releases/1.8.1/images.ts";
import { releases } from "../../../../components/kubeflow/releases/index.ts";
import { repaired } from "../../../../components/kubeflow/repairs/index.ts";
import { realRelease } from "../../../kit/release.ts";

const registries = [
  { registry: "docker.io", username: "team", password: "hub-token" },
  { registry: "registry.example.com:5000", username: "robot$kubeflow", password: "p:ss" },
];
const credentials = credentialsFrom("0123456789abcdef0123456789abcdef");
let plan: Plan;
let objects: KubernetesObject[];
let secrets: KubernetesObject[];

beforeAll(async () => {
  const adjustments = [
    each(repaired),
    each((object) => withCredentials(object, credentials, releases["1.8.1"].credentials)),
    imagesAdjustment({ images: images181, registries }),
  ];
  plan = planInstall(releases["1.8.1"], await realRelease(), adjustments);
  objects = plan.waves.flat();
  secrets = objects.filter((object) => object.metadata.name === PULL_SECRET);
});

describe("pull secrets", () => {
  it("are in every namespace of the platform that runs pods, and in no other", () => {
    expect(secrets.map(objectId).toSorted()).toEqual(
      ["auth", "cert-manager", "istio-system", "knative-eventing", "knative-serving", "kubeflow"]
        .map((namespace) => `Secret ${namespace}/${PULL_SECRET}`)
        .toSorted(),
    );
  });

  it("hold the sign-ins as kubelets read them", () => {
    for (const secret of secrets) {
      expect(secret["type"]).toBe("kubernetes.io/dockerconfigjson");
      expect(JSON.parse(textAt(secret, "stringData", ".dockerconfigjson") ?? "")).toEqual({
        auths: {
          "https://index.docker.io/v1/": {
            username: "team",
            password: "hub-token",
            auth: Buffer.from("team:hub-token").toString("base64"),
          },
          "registry.example.com:5000": {
            username: "robot$kubeflow",
            password: "p:ss",
            auth: Buffer.from("robot$kubeflow:p:ss").toString("base64"),
          },
        },
      });
    }
    const others = objects.filter((object) => !secrets.includes(object));
    expect(JSON.stringify(others)).not.toContain("hub-token");
  });

  it("are named by every workload and every ServiceAccount, and are there before them", () => {
    const waveOf = new Map(plan.waves.flatMap((wave, number) => wave.map((object) => [object, number])));
    const users = objects.filter((object) => workloadOf(object) ?? groupKind(object) === "ServiceAccount");
    expect(users.length).toBe(50 + 43);
    for (const object of users) {
      const pod = workloadOf(object)?.podSpec ?? object;
      expect(listAt(pod, "imagePullSecrets"), objectId(object)).toEqual([{ name: PULL_SECRET }]);
      if (workloadOf(object) === undefined) continue;
      const secret = secrets.find(({ metadata }) => metadata.namespace === object.metadata.namespace);
      expect(waveOf.get(secret as KubernetesObject)).toBeLessThan(waveOf.get(object) ?? -1);
    }
  });

  it("are not there without sign-ins", async () => {
    const without = planInstall(releases["1.8.1"], await realRelease(), [imagesAdjustment({ images: images181 })]);
    expect(JSON.stringify(without.waves)).not.toContain(PULL_SECRET);
  });

  it("reach what profiles run through their ServiceAccounts", () => {
    const [secret, ...accounts] = profilePullObjects("team-a", registries);
    expect(secret && objectId(secret)).toBe(`Secret team-a/${PULL_SECRET}`);
    expect(accounts.map(objectId)).toEqual(
      ["default", "default-editor", "default-viewer"].map((name) => `ServiceAccount team-a/${name}`),
    );
    for (const account of accounts) expect(listAt(account, "imagePullSecrets")).toEqual([{ name: PULL_SECRET }]);
    expect(profilePullObjects("team-a", [])).toEqual([]);
  });
});

describe("the setting registries", () => {
  it("is none by default", () => {
    expect(registriesSettings.parse(undefined)).toEqual([]);
  });

  it("names hosts, not URLs or folders", () => {
    expect(registriesSettings.safeParse(registries).success).toBe(true);
    for (const registry of ["https://docker.io", "docker.io/library", ""]) {
      expect(registriesSettings.safeParse([{ ...registries[0], registry }]).success, registry).toBe(false);
    }
  });
});
