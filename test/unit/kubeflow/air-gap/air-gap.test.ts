import { beforeAll, describe, expect, it } from "vitest";
import { groupKind, type KubernetesObject, listAt, objectId, textAt } from "../../../../components/kit/objects.ts";
import { AUTHORITY, AUTHORITY_ANNOTATION } from "../../../../components/kubeflow/air-gap/authority.ts";
import { accountsWith } from "../../../../components/kubeflow/air-gap/index.ts";
import { PULL_SECRET } from "../../../../components/kubeflow/images/pull-secrets.ts";
import { containersOf, workloadOf } from "../../../../components/kubeflow/order/workload.ts";
import type { Plan } from "../../../../components/kubeflow/plan.ts";
import { outside181 } from "../../../../components/kubeflow/releases/1.8.1/outside.ts";
import { createAuthority } from "../../../../rehearsal/control-plane/pki.ts";
import { plannedRelease } from "../../../kit/release.ts";

const registry = "registry.example.com:5000/kubeflow";
const pullSecret = { username: "robot", password: "mirror-token" };
let ca: string;
let plan: Plan;
let objects: KubernetesObject[];
let before: KubernetesObject[];

beforeAll(async () => {
  ca = (await createAuthority("site")).certificate;
  plan = await plannedRelease({ airGap: { registry, ca, pullSecret } });
  objects = plan.waves.flat();
  before = (await plannedRelease({ mesh: { cni: true } })).waves.flat();
});

const find = (all: readonly KubernetesObject[], id: string) => all.find((object) => objectId(object) === id);

describe("an installation without a way out", () => {
  it("pulls every container from the mirror", () => {
    const images = objects
      .flatMap((object) => containersOf(workloadOf(object)?.podSpec))
      .map((container) => textAt(container, "image"));
    expect(images.length).toBeGreaterThan(50);
    expect(images.filter((image) => image?.startsWith(`${registry}/`) !== true)).toEqual([]);
  });

  it("signs in everywhere that pods of the platform run", () => {
    const secrets = objects.filter(({ metadata }) => metadata.name === PULL_SECRET);
    expect(secrets.map(({ metadata }) => metadata.namespace)).toContain("kubeflow");
    for (const secret of secrets) {
      const { auths } = JSON.parse(textAt(secret, "stringData", ".dockerconfigjson") ?? "") as { auths: object };
      expect(auths).toEqual({
        "registry.example.com:5000": { ...pullSecret, auth: Buffer.from("robot:mirror-token").toString("base64") },
      });
    }
    const others = objects.filter((object) => !secrets.includes(object));
    expect(JSON.stringify(others)).not.toContain(pullSecret.password);
  });

  it("signs in with every pod and ServiceAccount of the platform", () => {
    const users = objects.filter((object) => workloadOf(object) ?? groupKind(object) === "ServiceAccount");
    expect(users.length).toBeGreaterThan(80);
    for (const object of users) {
      const pod = workloadOf(object)?.podSpec ?? object;
      expect(listAt(pod, "imagePullSecrets"), objectId(object)).toEqual([{ name: PULL_SECRET }]);
      const secret = `Secret ${object.metadata.namespace}/${PULL_SECRET}`;
      if (workloadOf(object) !== undefined) expect(find(objects, secret), objectId(object)).toBeDefined();
    }
  });

  it("has Knative ask the mirror for no digests, as it knows neither its authority nor the nodes' mirrors", () => {
    const skipped = textAt(
      find(objects, "ConfigMap knative-serving/config-deployment"),
      "data",
      "registries-skipping-tag-resolving",
    );
    expect(skipped?.split(",")).toContain("registry.example.com:5000");
  });

  it("starts the steps of Pipelines from the mirror: driver, launcher, executor, and the cache of version 1", () => {
    const containers = objects.flatMap((object) => containersOf(workloadOf(object)?.podSpec));
    const variable = (name: string) =>
      containers.flatMap((container) => listAt(container, "env")).find((one) => textAt(one, "name") === name);
    for (const name of ["V2_DRIVER_IMAGE", "V2_LAUNCHER_IMAGE"]) {
      expect(textAt(variable(name), "value"), name).toMatch(`${registry}/ghcr.io/kubeflow/kfp-`);
    }
    const cached = find(objects, "ConfigMap kubeflow/pipeline-install-config");
    expect(textAt(cached, "data", "cacheImage")).toMatch(`${registry}/`);
    const flags = containers.flatMap((container) => listAt(container, "args") as string[]);
    expect(flags[flags.indexOf("--executor-image") + 1]).toMatch(`${registry}/`);
  });

  it("trusts the mirror's authority in each program that asks registries itself, before that starts", () => {
    const waveOf = (id: string) => plan.waves.findIndex((wave) => find(wave, id) !== undefined);
    for (const { workload, container } of outside181.registryClients) {
      const object = find(objects, workload);
      const namespace = object?.metadata.namespace;
      const authority = `ConfigMap ${namespace}/${AUTHORITY}`;
      expect(textAt(find(objects, authority), "data", "ca.crt"), workload).toBe(ca);
      expect(waveOf(authority), workload).toBeLessThan(waveOf(workload));
      const pod = listAt(object, "spec", "template", "spec", "containers");
      const trusting = pod.find((one) => textAt(one, "name") === container);
      const variable = listAt(trusting, "env").find((one) => textAt(one, "name") === "SSL_CERT_DIR");
      const folders = textAt(variable, "value")?.split(":") ?? [];
      const mounted = listAt(trusting, "volumeMounts").find((one) => textAt(one, "name") === AUTHORITY);
      expect(folders, workload).toContain(textAt(mounted, "mountPath"));
      expect(listAt(object, "spec", "template", "spec", "volumes"), workload).toContainEqual({
        name: AUTHORITY,
        configMap: { name: AUTHORITY },
      });
    }
  });

  it("starts those programs anew for another authority", async () => {
    const mark = (all: readonly KubernetesObject[]) =>
      outside181.registryClients.map(({ workload }) =>
        textAt(find(all, workload), "spec", "template", "metadata", "annotations", AUTHORITY_ANNOTATION),
      );
    const other = (await createAuthority("site")).certificate;
    const again = (await plannedRelease({ airGap: { registry, ca: other } })).waves.flat();
    expect(new Set([...mark(objects), ...mark(again)]).size).toBe(2);
    expect(mark(before)).toEqual([undefined, undefined, undefined]);
  });

  it("asks nobody outside where that can be switched off, and goes through no proxy", () => {
    for (const { workload, container, variable, value } of outside181.calls) {
      const containers = listAt(find(objects, workload), "spec", "template", "spec", "containers");
      const one = containers.find((candidate) => textAt(candidate, "name") === container);
      expect(listAt(one, "env"), workload).toContainEqual({ name: variable, value });
    }
    const variables = objects
      .flatMap((object) => containersOf(workloadOf(object)?.podSpec))
      .flatMap((container) => listAt(container, "env").map((one) => textAt(one, "name") ?? ""));
    expect(variables.filter((name) => /^(https?|no)_proxy$/i.test(name))).toEqual([]);
  });

  it("differs from one with a way out in nothing but that", () => {
    const idsOf = (all: readonly KubernetesObject[]) => new Set(all.map(objectId));
    const added = [...idsOf(objects)].filter((id) => !idsOf(before).has(id));
    expect([...idsOf(before)].filter((id) => !idsOf(objects).has(id))).toEqual([]);
    expect(added.every((id) => id.includes(PULL_SECRET) || id.includes(AUTHORITY))).toBe(true);
    expect(new Set(added.map((id) => id.split(" ")[0]))).toEqual(new Set(["Secret", "ConfigMap"]));
  });
});

describe("sign-ins", () => {
  const hub = { registry: "docker.io", username: "team", password: "a" };

  it("are the settings' own and the mirror's, which wins over another one for its host", () => {
    const old = { registry: "registry.example.com:5000", username: "old", password: "b" };
    expect(accountsWith({ registry, pullSecret }, [hub, old])).toEqual([
      hub,
      { registry: "registry.example.com:5000", ...pullSecret },
    ]);
    expect(accountsWith({ registry }, [hub, old])).toEqual([hub, old]);
    expect(accountsWith(undefined, [hub])).toEqual([hub]);
  });
});

describe("without the setting", () => {
  it("nothing is moved, mounted or added", () => {
    expect(before.filter((object) => groupKind(object) === "ConfigMap" && object.metadata.name === AUTHORITY)).toEqual(
      [],
    );
    expect(JSON.stringify(before)).not.toContain("SSL_CERT_DIR");
    expect(JSON.stringify(before)).not.toContain("DISABLE_GKE_METADATA");
  });
});
