import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { CoreV1Api, KubernetesObjectApi } from "@kubernetes/client-node";
import { load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, type KubernetesObject, listAt, objectId, textAt } from "../../components/kit/objects.ts";
import { quantityOf } from "../../components/kit/quantities.ts";
import { type Started, type Usage, usageOf } from "../../components/tenancy/proof/index.ts";
import type { StartedPod } from "../../components/kubeflow/profile-pods.ts";
import type { Tenant } from "../../components/tenancy/tenants.ts";
import { liveObjects, versionsOf } from "../kit/cluster.ts";
import { type Ended, RehearsalHome, summaryIn } from "../kit/rehearsal.ts";
import { configAs, reasonOf, refusalOf } from "../kit/tenancy/impersonation.ts";
import { objectsOf, startedIn, tenantsOn, THREE_TEAMS, threeTeams } from "../kit/tenancy/tenants.ts";
import { threats, threatsOfViewers } from "../kit/tenancy/threats/index.ts";

let home: RehearsalHome;
let first: Ended;
let tenants: readonly Tenant[];
let started: Started;
const kubeconfig = () => summaryIn(first).kubeconfig ?? "";

beforeAll(async () => {
  home = await RehearsalHome.open();
  first = await home.run(["dev", "--config", fileURLToPath(THREE_TEAMS), "--json", "--keep", "--name", "teams"]);
  tenants = (await threeTeams()).tenants;
  started = await startedIn("dev");
});
afterAll(() => home.close());

const named = (name: string) => tenants.find((tenant) => tenant.name === name) as Tenant;

describe("three teams of four people", () => {
  it("are installed with the platform, every object of theirs", async () => {
    expect(first.code, first.stderr).toBe(0);
    expect(summaryIn(first)).toMatchObject({ ok: true, workloads: { ready: 47, total: 47 }, pods: { pending: 0 } });
    const planned = [...(await tenantsOn(await threeTeams())).values()].flatMap(objectsOf);
    const live = await liveObjects(kubeconfig(), planned);
    expect(planned.map(objectId).filter((id) => !live.has(id))).toEqual([]);
  });

  it("are taken over by the profile controller: each owner is bound, and no Profile has failed", async () => {
    const like = [
      { apiVersion: "kubeflow.org/v1", kind: "Profile", metadata: { name: "" } },
      { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata: { name: "" } },
    ];
    const live = await liveObjects(kubeconfig(), like);
    for (const { name, owner } of tenants) {
      const binding = live.get(`RoleBinding.rbac.authorization.k8s.io ${name}/namespaceAdmin`);
      expect(textAt(listAt(binding, "subjects")[0], "name")).toBe(owner);
      expect(listAt(live.get(`Profile.kubeflow.org ${name}`), "status", "conditions")).toEqual([]);
    }
  });
});

describe("keys of a profile's own", () => {
  it("are what its namespace holds, where the others wait for those that Pipelines puts there", async () => {
    const live = await liveObjects(kubeconfig(), [{ apiVersion: "v1", kind: "Secret", metadata: { name: "" } }]);
    const keyOf = (name: string) => textAt(live.get(`Secret ${name}/mlpipeline-minio-artifact`), "data", "secretkey");
    expect(keyOf("speech")).toBe(Buffer.from("s3cr3t-of-speech").toString("base64"));
    expect(["vision", "fraud"].map(keyOf)).toEqual([undefined, undefined]);
  });
});

describe("the quota of", () => {
  const QUOTA = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "" } };

  it.each(["vision", "speech", "fraud"])(
    "%s admits what the platform starts there, and counts it as computed",
    async (name) => {
      const { limits } = named(name);
      for (const pod of started.pods) await startAll(pod, name);
      const total = (resource: keyof Usage) =>
        started.pods.reduce((sum, pod) => sum + pod.copies * usageOf(pod, started.proxy, limits)[resource], 0);
      const quota = (await liveObjects(kubeconfig(), [QUOTA])).get(`ResourceQuota ${name}/profile`);
      const hard = Object.keys(at(quota, "status", "hard") as object);
      const counted = (["requests.cpu", "limits.memory", "pods", "requests.storage"] as const).filter((one) =>
        hard.includes(one),
      );
      expect(counted.length).toBeGreaterThan(2);
      for (const resource of counted) {
        expect(quantityOf(textAt(quota, "status", "used", resource) ?? ""), resource).toBeCloseTo(total(resource), 3);
      }
    },
  );

  it("fraud, which is the least that works, refuses one more of any", async () => {
    for (const pod of started.pods) {
      expect(await refusalOf(configAs(kubeconfig()), podObject(pod, "fraud", 99))).toMatch(/exceeded quota: profile/);
    }
  });

  it("vision refuses one pod beyond what is left of its memory", async () => {
    const large: StartedPod = {
      ...(started.pods.find(({ hasSidecar }) => !hasSidecar) as StartedPod),
      containers: [{ name: "main", resources: { limits: { memory: "64G" } } }],
    };
    expect(await refusalOf(configAs(kubeconfig()), podObject(large, "vision", 99))).toMatch(
      /exceeded quota: profile, requested: limits.memory/,
    );
  });

  it("each keeps volumes and pods of kinds within the settings", async () => {
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "more", namespace: "fraud" },
      spec: claimSpec("1Gi"),
    };
    expect(await refusalOf(configAs(kubeconfig()), claim)).toMatch(/exceeded quota: profile/);
  });

  async function startAll(pod: StartedPod, namespace: string): Promise<void> {
    const api = KubernetesObjectApi.makeApiClient(configAs(kubeconfig()));
    for (const copy of Array.from({ length: pod.copies }, (_, index) => index)) {
      for (const [index, size] of (pod.claims ?? []).entries()) {
        await api.create({
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          metadata: { name: `${pod.name}-${copy}-${index}`, namespace },
          spec: claimSpec(size),
        });
      }
      await api.create(podObject(pod, namespace, copy));
    }
  }
});

function claimSpec(storage: string) {
  return { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } };
}

function podObject(pod: StartedPod, namespace: string, copy: number): KubernetesObject {
  const image = "example.com/image:1";
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${pod.name}-${copy}`,
      namespace,
      labels: { ...pod.labels, "sidecar.istio.io/inject": String(pod.hasSidecar) },
    },
    spec: {
      serviceAccountName: "default-editor",
      initContainers: (pod.initContainers ?? []).map((one) => ({ image, ...one })),
      containers: pod.containers.map((one) => ({ image, ...one })),
    },
  };
}

describe("as each member", () => {
  const people = () =>
    tenants
      .filter(({ name }) => name !== "kubeflow-admin")
      .flatMap(({ name, owner, members }) => [
        { user: owner, role: "admin" as const, own: name },
        ...members.map(({ user, role }) => ({ user, role, own: name })),
      ])
      .map((person) => ({ ...person, other: otherThan(person.user) }));

  it("there are thirteen places that twelve people work in", () => {
    expect(people().length).toBe(13);
    expect(new Set(people().map(({ user }) => user)).size).toBe(12);
  });

  it.each(threats.map((threat) => [threat.what, threat] as const))(
    "nobody can %s",
    async (_, { attempt, refusedBy }) => {
      for (const { user, role, own, other } of people()) {
        const answer = await attempt({ config: configAs(kubeconfig(), user), own, other });
        expect(answer, `${user}, ${role} of ${own}`).toMatch(refusedBy[role] ?? refusedBy.default);
      }
    },
  );

  it.each(threatsOfViewers.map((threat) => [threat.what, threat] as const))(
    "no viewer can %s",
    async (_, { attempt, refusedBy }) => {
      const viewers = people().filter(({ role }) => role === "view");
      expect(viewers.length).toBeGreaterThan(1);
      for (const { user, own, other } of viewers) {
        expect(await attempt({ config: configAs(kubeconfig(), user), own, other }), user).toMatch(refusedBy.default);
      }
    },
  );

  it.each(
    threats
      .filter(({ what }) => /platform|another profile|RoleBinding|Profile$/.test(what))
      .map((threat) => [threat.what, threat] as const),
  )("no account of a profile can %s", async (_, { attempt, refusedBy }) => {
    for (const own of ["vision", "speech", "fraud"]) {
      for (const account of ["default-editor", "default-viewer", "default"]) {
        const config = configAs(kubeconfig(), `system:serviceaccount:${own}:${account}`);
        const answer = await attempt({ config, own, other: own === "vision" ? "speech" : "vision" });
        expect(answer, `${own}/${account}`).toMatch(account === "default-editor" ? refusedBy.default : /is forbidden/);
      }
    }
  });

  it("a pod without a sidecar is admitted, and an editor still works as before", async () => {
    const config = configAs(kubeconfig(), "finn@example.com");
    const pod = podObject({ ...(started.pods[0] as StartedPod), hasSidecar: false }, "speech", 50);
    expect(await refusalOf(config, pod)).toBeUndefined();
    expect(
      await reasonOf(() => config.makeApiClient(CoreV1Api).listNamespacedSecret({ namespace: "speech" })),
    ).toBeUndefined();
  });

  function otherThan(user: string): string {
    const foreign = tenants.find(
      ({ name, owner, members }) =>
        name !== "kubeflow-admin" && owner !== user && !members.some((member) => member.user === user),
    );
    return foreign?.name ?? "";
  }
});

describe("with another owner, and two profiles less", () => {
  const KINDS = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "" } },
    { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "" } },
    { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "" } },
    { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "" } },
    { apiVersion: "kubeflow.org/v1", kind: "Profile", metadata: { name: "" } },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata: { name: "" } },
    { apiVersion: "security.istio.io/v1beta1", kind: "AuthorizationPolicy", metadata: { name: "" } },
  ];
  const ofAdmin = (objects: ReadonlyMap<string, KubernetesObject>) =>
    [...versionsOf(objects)].filter(([id]) => /[ /]kubeflow-admin($|\/)/.test(id));
  let live: ReadonlyMap<string, KubernetesObject>;
  let before: ReadonlyMap<string, KubernetesObject>;

  beforeAll(async () => {
    before = await liveObjects(kubeconfig(), KINDS);
    const { config } = load(await readFile(THREE_TEAMS, "utf8")) as { config: Record<string, unknown[]> };
    const profiles = config["kubeflow:profiles"] as readonly { readonly name: string }[];
    const speech = profiles.find(({ name }) => name === "speech");
    const changed = {
      ...config,
      "kubeflow:profiles": [{ ...speech, owner: "gina", members: { edit: ["eve"], view: ["speech"] } }],
    };
    const file = path.join(home.directory, "changed.yaml");
    await writeFile(file, JSON.stringify({ config: changed }));
    const ended = await home.run(["dev", "--config", file, "--json", "--name", "teams"]);
    expect(ended.code, ended.stderr).toBe(0);
    live = await liveObjects(kubeconfig(), KINDS);
  });

  it("the Profile that was handed over has not failed, and its controller has bound the new owner", async () => {
    expect(listAt(live.get("Profile.kubeflow.org speech"), "status", "conditions")).toEqual([]);
    expect(at(live.get("Namespace speech"), "metadata", "annotations", "owner")).toBe("gina@example.com");
    const like = [{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata: { name: "" } }];
    const ownerOf = async () =>
      textAt(
        listAt(
          (await liveObjects(kubeconfig(), like)).get("RoleBinding.rbac.authorization.k8s.io speech/namespaceAdmin"),
          "subjects",
        )[0],
        "name",
      );
    await expect.poll(ownerOf, { timeout: 30_000 }).toBe("gina@example.com");
    expect(
      await reasonOf(() =>
        configAs(kubeconfig(), "finn@example.com")
          .makeApiClient(CoreV1Api)
          .listNamespacedSecret({ namespace: "speech" }),
      ),
    ).toMatch(/is forbidden/);
  });

  it("the namespace that may go is gone", () => {
    expect([...before.keys()].some((id) => id.includes(" fraud/"))).toBe(true);
    expect([...live.keys()].filter((id) => / fraud($|\/)/.test(id))).toEqual([]);
  });

  it("the other keeps its volumes and its bounds, and nobody works in it any more", () => {
    const left = [...live.keys()].filter((id) => / vision($|\/)/.test(id)).toSorted();
    expect(left).toEqual([
      "Namespace vision",
      "NetworkPolicy.networking.k8s.io vision/profile",
      "PersistentVolumeClaim vision/notebook-0-0",
      "ResourceQuota vision/profile",
    ]);
  });

  it("other profiles are untouched", () => {
    expect(ofAdmin(before).length).toBeGreaterThan(5);
    expect(ofAdmin(live)).toEqual(ofAdmin(before));
  });
});
