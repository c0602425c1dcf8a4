import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createNodes, start, type ControlPlane } from "../../rehearsal/control-plane/index.ts";
import { destroy, memoryState, run, type HostEvent, type StateStore } from "../../rehearsal/host/index.ts";
import { KubernetesProvider } from "../../rehearsal/providers/kubernetes/index.ts";
import { obtain } from "../../toolchain/index.ts";

const PROGRAM = path.join(import.meta.dirname, "../fixtures/programs/objects");

interface Entry {
  readonly object: object;
  readonly wave?: number;
  readonly options?: object;
}

let directory: string;
let controlPlane: ControlPlane;
let state: StateStore;
let events: HostEvent[];
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "provider-"));
  const tools = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"] as const;
  controlPlane = await start({ name: `provider-${process.pid}`, binaries: await obtain(tools) });
  await createNodes(controlPlane.kubeconfig, [{ name: "node", cpu: 16, memory: "64Gi" }]);
});
afterAll(async () => {
  await controlPlane.stop();
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  state = memoryState();
  events = [];
});

const common = () => ({
  project: "project",
  stack: "stack",
  providers: new Map([["kubernetes", () => new KubernetesProvider()]]),
  state,
  onEvent: (event: HostEvent) => void events.push(event),
});

async function apply(entries: readonly Entry[], settings: { readonly upsert?: string; readonly retry?: string } = {}) {
  const file = path.join(directory, "objects.json");
  await writeFile(file, JSON.stringify(entries));
  const config = new Map(
    Object.entries({ file, ...settings }).map(([key, value]) => [`project:${key}`, { value, secret: false }]),
  );
  config.set("project:kubeconfig", { value: await readFile(controlPlane.kubeconfig, "utf8"), secret: true });
  return run({ ...common(), program: PROGRAM, config });
}

function deployment(name: string, cpu = "10m"): object {
  const labels = { app: name };
  const containers = [{ name: "main", image: "example.test/main:1", resources: { requests: { cpu } } }];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default" },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}

const configMap = (name: string, value: string, namespace = "default"): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace },
  data: { key: value },
});
const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "space", labels: { team: "a" } } };
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "things.example.test", annotations: { "pulumi.com/waitFor": "condition=Established" } },
  spec: {
    group: "example.test",
    scope: "Namespaced",
    names: { kind: "Thing", plural: "things", singular: "thing" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};
// In the background: foreground deletion waits up to half a minute until the garbage collector knows a new kind.
const annotations = { "pulumi.com/deletionPropagationPolicy": "background" };
const thing = {
  apiVersion: "example.test/v1",
  kind: "Thing",
  metadata: { name: "one", namespace: "space", annotations },
  size: 1,
};

/** Not deleted in the end: a namespace takes long to go when a definition goes at the same time. */
const lasting = { retainOnDelete: true };
const workload: readonly Entry[] = [
  { object: namespace, options: lasting },
  { object: definition, options: lasting },
  { object: thing, wave: 1 },
  { object: deployment("web") },
  {
    object: {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", namespace: "default" },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    },
  },
  { object: configMap("settings", "1", "space") },
];

describe("the Kubernetes provider on a real API server", () => {
  it("creates objects and waits for them, does nothing the second time, and deletes them", async () => {
    const first = await apply(workload);
    expect(first.failures).toEqual([]);
    expect(first).toMatchObject({ ok: true, objects: { created: 6 } });
    const web = first.resources.find(({ type }) => type === "kubernetes:apps/v1:Deployment");
    expect(web?.outputs).toMatchObject({ status: { availableReplicas: 1 } });

    await expect(apply(workload)).resolves.toMatchObject({ ok: true, objects: { created: 0, unchanged: 6 } });

    state = memoryState();
    await expect(apply(workload)).resolves.toMatchObject({
      ok: true,
      objects: { created: 0, changed: 0, unchanged: 6 },
    });

    await expect(destroy(common())).resolves.toMatchObject({ ok: true, objects: { deleted: 4 } });
  });

  it("updates in place and takes away what the program no longer sets", async () => {
    await apply([{ object: configMap("changing", "1") }]);
    const result = await apply([{ object: { ...configMap("changing", "2"), data: { other: "2" } } }]);
    expect(result).toMatchObject({ ok: true, objects: { changed: 1 } });
    expect(result.resources.at(-1)?.outputs).toMatchObject({ data: { other: "2" } });
    expect(result.resources.at(-1)?.outputs["data"]).not.toHaveProperty("key");
  });

  it("refuses an existing object unless it may be taken over", async () => {
    await apply([{ object: configMap("existing", "1") }]);
    state = memoryState();
    const refused = await apply([{ object: configMap("existing", "1") }], { upsert: "false" });
    expect(refused.failures.map(({ message }) => message)).toEqual(['configmaps "existing" already exists']);
  });

  it("says why pods cannot run, and goes on from there once they can", async () => {
    const options = { customTimeouts: { create: "2s" } };
    const stuck = await apply([{ object: deployment("huge", "99"), options }]);
    expect(stuck.failures.map(({ message }) => message).join()).toMatch(
      /^Deployment default\/huge is not ready after 2 s: 0 of 1 ready;.*pod huge-\S+ is not scheduled: .*Insufficient cpu/,
    );
    await expect(apply([{ object: deployment("huge") }])).resolves.toMatchObject({ ok: true, objects: { changed: 1 } });
  });

  it("lets an error hook retry what the API server refuses for now", async () => {
    const webhook = {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "nobody" },
      webhooks: [
        {
          name: "nobody.example.test",
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          objectSelector: { matchLabels: { guarded: "yes" } },
          rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] }],
          clientConfig: { service: { name: "nobody", namespace: "default" } },
        },
      ],
    };
    const metadata = { name: "guarded", namespace: "default", labels: { guarded: "yes" } };
    const guarded = { ...configMap("guarded", "1"), metadata };
    const result = await apply([{ object: webhook }, { object: guarded, wave: 1 }], {
      retry: "failed calling webhook",
    });
    expect(result.ok).toBe(false);
    expect(result.retried).toBe(1);
    expect(events.filter(({ type }) => type === "retrying")).toHaveLength(100);
    expect(result.failures.map(({ message }) => message).join()).toContain(
      'failed calling webhook "nobody.example.test"',
    );
  });
});
