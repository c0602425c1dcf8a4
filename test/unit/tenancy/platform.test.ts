import { describe, expect, it } from "vitest";
import { at, textAt } from "../../../components/kit/objects.ts";
import { releases } from "../../../components/kubeflow/releases/index.ts";
import { objectsOf } from "../../../components/tenancy/objects/index.ts";
import { profilesOn } from "../../../components/tenancy/profiles.ts";
import { plannedRelease } from "../../kit/release.ts";
import { settingsOf } from "../../kit/tenancy/tenants.ts";

const SMALL = [{ name: "search", owner: "ada@example.com", quota: { cpu: 0.1, memory: "1 GB", pods: 1 } }];

/** The objects of the profile `search` on a platform of these settings. */
async function searchOn(input: Readonly<Record<string, unknown>>) {
  const settings = settingsOf({ profiles: SMALL, ...input });
  const platform = (await plannedRelease({ profiles: SMALL, ...input })).waves.flat();
  const made = profilesOn(platform, releases["1.8.1"], settings);
  return made.flatMap(objectsOf).filter(({ metadata }) => [metadata.name, metadata.namespace].includes("search"));
}

describe("a profile on a platform", () => {
  it("without Pipelines and notebooks needs no quota for them, and offers no configurations", async () => {
    const components = {
      pipelines: false,
      notebooks: false,
      tensorboards: false,
      volumes: false,
      "pod-defaults": false,
    };
    const kinds = (await searchOn({ components })).map(({ kind }) => kind);
    expect(kinds).toEqual(["Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "Profile"]);
  });

  it("with an object store outside reaches it, is told where it is, and leaves its artifacts' place to Pipelines", async () => {
    const objectStore = { provider: "s3", bucket: "runs", region: "eu-west-1", accessKey: "AKIA", secretKey: "s3cr3t" };
    const profiles = [{ name: "search", owner: "ada@example.com" }];
    const objects = await searchOn({ services: { objectStore }, profiles });
    expect(objects.some(({ kind }) => kind === "ConfigMap")).toBe(false);
    const client = objects.find(({ metadata }) => metadata.name === "access-object-store");
    expect(textAt(client, "spec", "env", 0, "value")).toBe("https://s3.eu-west-1.amazonaws.com");
    const policy = objects.find(({ kind }) => kind === "NetworkPolicy");
    expect(JSON.stringify(at(policy, "spec", "egress"))).toContain('"cidr":"0.0.0.0/0"');
    expect(JSON.stringify(objects)).not.toContain("s3cr3t");
  });

  it("with a mirror signs in to it", async () => {
    const airGap = { registry: "registry.example.com/kubeflow", pullSecret: { username: "robot", password: "t0ken" } };
    const profiles = [{ name: "search", owner: "ada@example.com" }];
    const objects = await searchOn({ airGap, profiles });
    const secret = objects.find(({ kind }) => kind === "Secret");
    expect(textAt(secret, "stringData", ".dockerconfigjson")).toContain("registry.example.com");
    expect(objects.filter(({ kind }) => kind === "ServiceAccount").length).toBe(3);
  });
});
