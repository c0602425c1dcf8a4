import { writeFile } from "node:fs/promises";
import path from "node:path";
import { KubeConfig, AdmissionregistrationV1Api, CoreV1Api } from "@kubernetes/client-node";
import { dump } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readLock } from "../../components/mirror/list/lock.ts";
import { createAuthority } from "../../rehearsal/control-plane/pki.ts";
import { type Ended, RehearsalHome, summaryIn } from "../kit/rehearsal.ts";

const REGISTRY = "registry.example.com:5000/kubeflow";
const PASSWORD = "mirror-token-of-the-test";

let home: RehearsalHome;
let stackFile: string;
let ended: Ended;

beforeAll(async () => {
  home = await RehearsalHome.open();
  stackFile = path.join(home.directory, "Pulumi.isolated.yaml");
  const { certificate } = await createAuthority("site");
  const pullSecret = { username: "robot", password: PASSWORD };
  const airGap = { registry: REGISTRY, ca: certificate, pullSecret, verify: true };
  await writeFile(stackFile, dump({ config: { "kubeflow:airGap": airGap } }));
  ended = await run();
});
afterAll(() => home.close());

function run(...more: readonly string[]): Promise<Ended> {
  return home.run(["prod", "--config", stackFile, "--json", "--keep", "--name", "air-gap-test", ...more]);
}

function cluster(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(summaryIn(ended).kubeconfig ?? "");
  return config;
}

describe("rehearse prod with airGap", () => {
  it("installs everything from the mirror, and so comes all that users make", () => {
    expect(ended.code, ended.stderr).toBe(0);
    const { images, workloads } = summaryIn(ended);
    expect(workloads).toEqual({ ready: 47, total: 47 });
    // All of the lock but eleven that nobody is offered first.
    expect(images).toMatchObject({ images: 99, resolved: 90, missing: [], foreign: [] });
    expect(images?.listed.length).toBe(9);
    for (const reference of images?.listed ?? []) expect(reference).toContain("@sha256:");
    expect(images?.pods).toBeGreaterThan(100);
  });

  it("shows the registry's password nowhere", () => {
    expect(ended.stdout + ended.stderr).not.toContain(PASSWORD);
  });

  it("leaves nothing of the check in the cluster", async () => {
    const admission = cluster().makeApiClient(AdmissionregistrationV1Api);
    const { items } = await admission.listValidatingWebhookConfiguration();
    expect(items.map(({ metadata }) => metadata?.name).filter((name) => name?.startsWith("rehearsal"))).toEqual([]);
    const pods = await cluster().makeApiClient(CoreV1Api).listNamespacedPod({ namespace: "kubeflow-admin" });
    expect(pods.items).toEqual([]);
  });

  it("fails for images that were not brought to the registry, and names them with who would pull them", async () => {
    const lock = await readLock();
    const left = ["docker.io/library/mysql:8.0.26", "docker.io/kserve/sklearnserver:v0.11.2"];
    const carried = lock.images.map(({ reference }) => reference).filter((reference) => !left.includes(reference));
    expect(carried.length).toBe(lock.images.length - left.length);
    const list = path.join(home.directory, "carried.txt");
    await writeFile(list, carried.join("\n"));
    const again = await run("--images", list);
    expect(again.code).toBe(1);
    expect(summaryIn(again).images).toMatchObject({ resolved: 88, foreign: [] });
    expect(summaryIn(again).images?.missing.map(({ reference }) => reference)).toEqual(
      left.map((reference) => `${REGISTRY}/${reference}`).toSorted(),
    );
    expect(again.stderr).toMatch(
      /missing from the mirror: registry\.example\.com:5000\/kubeflow\/docker\.io\/library\/mysql:8\.0\.26, by Deployment kubeflow\/mysql/,
    );
    expect(again.stderr).toMatch(
      /kserve\/sklearnserver:v0\.11\.2, by InferenceService\.serving\.kserve\.io kubeflow-admin\//,
    );
  });

  it("leaves no registry behind", async () => {
    expect((await home.processes()).filter((command) => command.includes("registry"))).toEqual([]);
  });

  it("fails for one pod that pulls from elsewhere, and names it", async () => {
    const spec = { containers: [{ name: "web", image: "nginx:1.27" }] };
    await cluster()
      .makeApiClient(CoreV1Api)
      .createNamespacedPod({ namespace: "default", body: { metadata: { name: "stray" }, spec } });
    const again = await run();
    expect(again.code).toBe(1);
    expect(summaryIn(again)).toMatchObject({
      ok: false,
      objects: { changed: 0 },
      images: {
        foreign: [{ reference: "docker.io/library/nginx:1.27", origins: ["Pod default/stray, container web"] }],
      },
    });
    expect(again.stderr).toContain(
      "pulled from elsewhere: docker.io/library/nginx:1.27, by Pod default/stray, container web",
    );
  });
});
