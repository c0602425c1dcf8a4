import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Client } from "../../rehearsal/control-plane/client.ts";
import {
  directoryOf,
  kubeconfigOf,
  type KeeperRecord,
  readRecord,
  rehearsalsRoot,
} from "../../rehearsal/control-plane/directory.ts";
import { isAlive, sendSignal } from "../../rehearsal/control-plane/identity.ts";
import {
  attach,
  type Binaries,
  COMPONENTS,
  type ControlPlane,
  createDefaultStorageClass,
  createNodes,
  kept,
  outsideConnections,
  remove,
  start,
} from "../../rehearsal/control-plane/index.ts";
import { obtain } from "../../toolchain/index.ts";

const HOLDER = fileURLToPath(new URL("../fixtures/hold-control-plane.ts", import.meta.url));
const before = process.env["XDG_STATE_HOME"];
let home: string;
let binaries: Binaries;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), "state-"));
  process.env["XDG_STATE_HOME"] = home;
  binaries = await obtain([...COMPONENTS]);
});

afterAll(async () => {
  if (before === undefined) delete process.env["XDG_STATE_HOME"];
  else process.env["XDG_STATE_HOME"] = before;
  await rm(home, { recursive: true });
});

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error(`in a minute it did not happen that ${what}`);
}

async function recordOf(name: string): Promise<KeeperRecord> {
  const record = await readRecord(directoryOf(name));
  if (record === undefined) throw new Error(`${name} has no record`);
  return record;
}

/** Whether a whole control plane was recorded and no process of it and no directory is left. */
async function nothingLeft(record: KeeperRecord): Promise<boolean> {
  await until(async () => !(await readdir(rehearsalsRoot())).includes(record.name), "the directory went");
  for (const identity of [record.keeper, ...record.components]) {
    await until(async () => !(await isAlive(identity)), `process ${identity.pid} ended`);
  }
  return record.components.length === COMPONENTS.length;
}

describe("a control plane", () => {
  let controlPlane: ControlPlane;
  let client: Client;
  const lines: string[] = [];

  beforeAll(async () => {
    const report = (line: string) => void lines.push(line);
    const faults = { neverBackend: ["mesh/never"] };
    controlPlane = await start({ name: "one", binaries, report, faults });
    client = await Client.open(controlPlane.kubeconfig);
    await createDefaultStorageClass(controlPlane.kubeconfig);
    await createDefaultStorageClass(controlPlane.kubeconfig);
    const nodes = [1, 2].map((number) => ({ name: `node-${number}`, cpu: 4, memory: "16Gi", zone: `zone-${number}` }));
    await createNodes(controlPlane.kubeconfig, nodes);
    await createNodes(controlPlane.kubeconfig, nodes);
  });

  afterAll(async () => {
    await client.close();
    const record = await recordOf("one");
    await controlPlane.stop();
    expect(await nothingLeft(record)).toBe(true);
  });

  async function isRunning(namespace: string, pod: string): Promise<boolean> {
    const found = await client.find<{
      status?: {
        phase?: string;
        conditions?: { type: string; status: string }[];
        containerStatuses?: { ready: boolean }[];
      };
    }>(`/api/v1/namespaces/${namespace}/pods/${pod}`);
    return found?.status?.phase === "Running" && found.status.containerStatuses?.every(({ ready }) => ready) === true;
  }

  it("says what it is and how it comes up", () => {
    expect(controlPlane.version).toBe("1.34.4");
    expect(lines.join("\n")).toContain("kube-apiserver 1.34.4 is ready");
  });

  it("keeps what it writes to its owner", async () => {
    const modeOf = async (file: string) => (await stat(file)).mode & 0o777;
    expect(await modeOf(controlPlane.kubeconfig)).toBe(0o600);
    expect(await modeOf(controlPlane.directory)).toBe(0o700);
  });

  it("is the only one of its name, and collides with no other", async () => {
    await expect(start({ name: "one", binaries })).rejects.toThrow("a rehearsal named one is there already");
    const other = await start({ name: "two", binaries });
    expect(other.kubeconfig).not.toBe(controlPlane.kubeconfig);
    expect((await readdir(rehearsalsRoot())).sort()).toEqual(["one", "two"]);
    await other.stop();
    expect(await readdir(rehearsalsRoot())).toEqual(["one"]);
  });

  it("runs pods on the nodes it was given, with volumes in their zone and addresses for load balancers", async () => {
    await client.create("/api/v1/namespaces/default/persistentvolumeclaims", {
      metadata: { name: "data" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    });
    await client.create("/api/v1/namespaces/default/pods", {
      metadata: { name: "user" },
      spec: {
        nodeSelector: { "topology.kubernetes.io/zone": "zone-2" },
        initContainers: [{ name: "init", image: "init" }],
        containers: [{ name: "main", image: "main", volumeMounts: [{ name: "data", mountPath: "/data" }] }],
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }],
      },
    });
    await client.create("/api/v1/namespaces/default/services", {
      metadata: { name: "gateway" },
      spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
    });
    await until(() => isRunning("default", "user"), "the pod ran");
    const { items } = await client.read<{ items: { spec: { nodeAffinity?: unknown }; status: { phase: string } }[] }>(
      "/api/v1/persistentvolumes",
    );
    expect(items).toHaveLength(1);
    expect(items[0]?.status.phase).toBe("Bound");
    expect(JSON.stringify(items[0]?.spec.nodeAffinity)).toContain("zone-2");
    await until(async () => {
      const service = await client.read<{ status: { loadBalancer: { ingress?: { ip: string }[] } } }>(
        "/api/v1/namespaces/default/services/gateway",
      );
      return service.status.loadBalancer.ingress?.[0]?.ip === "203.0.113.1";
    }, "the Service got an address");
  });

  it("leaves a pod that fits nowhere Pending", async () => {
    const resources = { requests: { cpu: "5" } };
    await client.create("/api/v1/namespaces/default/pods", {
      metadata: { name: "large" },
      spec: { containers: [{ name: "main", image: "main", resources }] },
    });
    await until(async () => {
      const { items } = await client.read<{ items: { reason: string }[] }>(
        "/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=large",
      );
      return items.some(({ reason }) => reason === "FailedScheduling");
    }, "the scheduler refused the pod");
    expect(await isRunning("default", "large")).toBe(false);
  });

  it("reaches a webhook once what serves it is ready, and injects", async () => {
    const values = { global: { hub: "h", tag: "t", proxy: { image: "proxyv2" }, proxy_init: { image: "proxyv2" } } };
    const webhook = (service: string, label: string) => ({
      name: `${label}.sidecar-injector.istio.io`,
      admissionReviewVersions: ["v1"],
      sideEffects: "None",
      clientConfig: { service: { namespace: "mesh", name: service, path: "/inject" } },
      namespaceSelector: { matchLabels: { inject: label } },
      rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
    });
    for (const [name, labels] of [
      ["mesh", {}],
      ["member", { inject: "istiod" }],
      ["barred", { inject: "never" }],
    ] as const) {
      await client.create("/api/v1/namespaces", { metadata: { name, labels } });
    }
    await client.create("/api/v1/namespaces/mesh/configmaps", {
      metadata: { name: "istio-sidecar-injector" },
      data: { config: "policy: enabled", values: JSON.stringify(values) },
    });
    for (const name of ["istiod", "never"]) {
      await client.create("/api/v1/namespaces/mesh/services", {
        metadata: { name },
        spec: { selector: { app: "istiod" }, ports: [{ port: 443 }] },
      });
    }
    await client.create("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", {
      metadata: { name: "istio-sidecar-injector" },
      webhooks: [webhook("istiod", "istiod"), webhook("never", "never")],
    });
    const spec = { containers: [{ name: "main", image: "main" }] };
    const createPod = (namespace: string) =>
      client.create(`/api/v1/namespaces/${namespace}/pods`, { metadata: { name: "pod" }, spec });
    await until(() => refuses(createPod("member")), "the API server called the webhook");

    await client.create("/apis/apps/v1/namespaces/mesh/deployments", {
      metadata: { name: "istiod" },
      spec: {
        selector: { matchLabels: { app: "istiod" } },
        template: { metadata: { labels: { app: "istiod" } }, spec },
      },
    });
    await until(async () => !(await refuses(createPod("member"))), "the webhook admitted the pod");
    await until(() => isRunning("member", "pod"), "the pod with its sidecar ran");
    const pod = await client.read<{ spec: { containers: { name: string; image: string }[] } }>(
      "/api/v1/namespaces/member/pods/pod",
    );
    expect(pod.spec.containers).toMatchObject([{ name: "main" }, { name: "istio-proxy", image: "h/proxyv2:t" }]);
    expect(await refuses(createPod("barred"))).toBe(true);
  });

  it("injects an authority that comes after everything else", async () => {
    await client.create("/api/v1/namespaces", { metadata: { name: "cert-manager" } });
    const template = {
      metadata: { labels: { app: "cainjector" } },
      spec: { containers: [{ name: "main", image: "main" }] },
    };
    const deployment = "/apis/apps/v1/namespaces/cert-manager/deployments";
    await client.create(deployment, {
      metadata: { name: "cert-manager-cainjector" },
      spec: { selector: { matchLabels: { app: "cainjector" } }, template },
    });
    const configurations = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
    const service = { namespace: "cert-manager", name: "late" };
    await client.create(configurations, {
      metadata: { name: "late", annotations: { "cert-manager.io/inject-ca-from-secret": "cert-manager/authority" } },
      webhooks: [
        { name: "late.test.io", admissionReviewVersions: ["v1"], sideEffects: "None", clientConfig: { service } },
      ],
    });
    await until(async () => {
      const found = await client.read<{ status: { readyReplicas?: number } }>(`${deployment}/cert-manager-cainjector`);
      return found.status.readyReplicas === 1;
    }, "the injector ran");
    // What its readiness brought about is done by now, and nothing else changes.
    await sleep(500);
    await client.create("/api/v1/namespaces/cert-manager/secrets", {
      metadata: { name: "authority", annotations: { "cert-manager.io/allow-direct-injection": "true" } },
      data: { "ca.crt": Buffer.from("an authority").toString("base64") },
    });
    await until(async () => {
      const found = await client.read<{ webhooks: { clientConfig: { caBundle?: string } }[] }>(
        `${configurations}/late`,
      );
      return found.webhooks[0]?.clientConfig.caBundle !== undefined;
    }, "the authority was injected");
    await client.remove(`${configurations}/late`);
  });

  it("connects to nothing outside", async () => {
    expect(await outsideConnections("one")).toEqual([]);
  });
});

async function refuses(request: Promise<unknown>): Promise<boolean> {
  return request.then(
    () => false,
    (error: unknown) => {
      if (error instanceof Error && /already exists/.test(error.message)) return false;
      return true;
    },
  );
}

describe("a kept control plane", () => {
  it("outlives its command and is found again", async () => {
    const { command } = await hold("kept", "keep");
    await until(async () => (await recordOf("kept")).kept, "it was kept");
    command.kill("SIGKILL");
    await once(command, "exit");
    const record = await recordOf("kept");
    expect(await kept()).toEqual([
      { name: "kept", version: "1.34.4", directory: directoryOf("kept"), kubeconfig: kubeconfigOf("kept") },
    ]);
    const attached = await attach("kept");
    const client = await Client.open(attached.kubeconfig);
    expect(await client.text("/readyz")).toBe("ok");
    await client.close();
    await expect(attach("other")).rejects.toThrow(
      "there is no kept rehearsal named other\n  Next: use one of those that were kept: kept",
    );
    await remove("kept");
    expect(await nothingLeft(record)).toBe(true);
    await expect(remove("kept")).rejects.toThrow(/no kept rehearsal named kept\n {2}Next: keep one/);
  });
});

async function hold(name: string, ...more: string[]): Promise<{ command: ChildProcess; record: KeeperRecord }> {
  const command = spawn(process.execPath, [HOLDER, name, JSON.stringify(binaries), ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(command.stdout, "data");
  return { command, record: await recordOf(name) };
}

describe("when a process is killed", () => {
  it("an interrupted command leaves nothing", async () => {
    const { command, record } = await hold("interrupted");
    command.kill("SIGINT");
    expect(await once(command, "exit")).toEqual([130, null]);
    expect(await nothingLeft(record)).toBe(true);
  });

  it("a command interrupted while it starts leaves nothing", async () => {
    const command = spawn(process.execPath, [HOLDER, "early", JSON.stringify(binaries)], { stdio: "ignore" });
    await until(async () => ((await readRecord(directoryOf("early")))?.components.length ?? 0) >= 2, "it began");
    const record = await recordOf("early");
    command.kill("SIGINT");
    await once(command, "exit");
    expect(await readdir(rehearsalsRoot())).toEqual([]);
    for (const identity of [record.keeper, ...record.components]) expect(await isAlive(identity)).toBe(false);
  });

  it("a killed command leaves nothing", async () => {
    const { command, record } = await hold("killed");
    command.kill("SIGKILL");
    await expect(nothingLeft(record)).resolves.toBe(true);
  });

  it("a killed keeper leaves nothing, and the command is told", async () => {
    const controlPlane = await start({ name: "orphaned", binaries });
    const record = await recordOf("orphaned");
    const lost = new Promise<Error>((resolve) => controlPlane.onLost(resolve));
    sendSignal(record.keeper.pid, "SIGKILL");
    expect((await lost).message).toContain("the keeper of the control plane ended unexpectedly (SIGKILL)");
    expect(await nothingLeft(record)).toBe(true);
  });

  it("what is left when both are killed at once goes with the next start", async () => {
    const { command, record } = await hold("both");
    sendSignal(-record.keeper.pid, "SIGSTOP");
    command.kill("SIGKILL");
    await once(command, "exit");
    sendSignal(record.keeper.pid, "SIGKILL");
    await until(async () => !(await isAlive(record.keeper)), "the keeper ended");
    expect(await readdir(rehearsalsRoot())).toEqual(["both"]);
    expect(await kept()).toEqual([]);
    expect(await nothingLeft(record)).toBe(true);
  });

  it("a component that ends takes the rest along, and its log is saved", async () => {
    const controlPlane = await start({ name: "broken", binaries });
    const record = await recordOf("broken");
    const lost = new Promise<Error>((resolve) => controlPlane.onLost(resolve));
    sendSignal(record.components.find(({ component }) => component === "kube-scheduler")?.pid ?? 0, "SIGKILL");
    const { message } = await lost;
    expect(message).toMatch(
      /kube-scheduler ended in the middle of the rehearsal \(SIGKILL\)\n {2}The end of its log:\n/,
    );
    const log = /read the whole log: (.*)$/m.exec(message)?.[1] ?? "";
    expect((await readFile(log, "utf8")).length).toBeGreaterThan(0);
    expect(await nothingLeft(record)).toBe(true);
  });
});

describe("binaries that do not do what they should", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "binaries-"));
  });
  afterEach(async () => {
    expect(await readdir(rehearsalsRoot())).toEqual([]);
  });
  afterAll(() => rm(directory, { recursive: true }));

  async function script(name: string, body: string): Promise<string> {
    const file = path.join(directory, name);
    await writeFile(file, `#!/bin/sh\n${body}\n`);
    await chmod(file, 0o755);
    return file;
  }

  it("one that is missing is named before anything starts", async () => {
    const missing = { ...binaries, kwok: path.join(directory, "kwok") };
    await expect(start({ name: "missing", binaries: missing })).rejects.toThrow(
      /kwok cannot be run: .*kwok is not there or not executable\n {2}Next: npm run toolchain/,
    );
  });

  it("one that fails is named with the end of its log", async () => {
    const failing = { ...binaries, "kube-apiserver": await script("failing", "echo the disk is on fire >&2; exit 3") };
    await expect(start({ name: "failing", binaries: failing })).rejects.toThrow(
      /kube-apiserver did not come up \(exit code 3\)\n {2}The end of its log:\n {4}the disk is on fire\n {2}Next: read the whole log: .*failing-kube-apiserver\.log/,
    );
  });

  it("ports that are all in use end in the API server's own words", async () => {
    const unlucky = await script("taken", 'echo "listen tcp 127.0.0.1:443: bind: address already in use"; exit 1');
    await expect(start({ name: "taken", binaries: { ...binaries, "kube-apiserver": unlucky } })).rejects.toThrow(
      /^kube-apiserver did not come up \(exit code 1\)\n {2}The end of its log:\n( {4}listen tcp 127\.0\.0\.1:443: bind: address already in use\n){3} {2}Next: read the whole log: .*taken-kube-apiserver\.log$/,
    );
  });

  it("a port that somebody takes meanwhile is replaced by another", async () => {
    const tried = path.join(directory, "tried");
    const body = `if [ ! -e ${tried} ]; then : > ${tried}; echo "listen tcp: bind: address already in use"; exit 1; fi
exec ${binaries["kube-apiserver"]} "$@"`;
    const unlucky = { ...binaries, "kube-apiserver": await script("unlucky", body) };
    const controlPlane = await start({ name: "unlucky", binaries: unlucky });
    expect(controlPlane.version).toBe("1.34.4");
    await controlPlane.stop();
  });
});

describe("a fault plan", () => {
  it("restarts the API server, and the stand-ins go on", async () => {
    const controlPlane = await start({
      name: "faulty",
      binaries,
      faults: { restartApiServer: { at: { seconds: 1 } } },
    });
    const before = await recordOf("faulty");
    const pid = ({ components }: KeeperRecord) =>
      components.find(({ component }) => component === "kube-apiserver")?.pid;
    await until(async () => pid(await recordOf("faulty")) !== pid(before), "the API server was replaced");
    const client = await Client.open(controlPlane.kubeconfig);
    const service = { metadata: { name: "later" }, spec: { type: "LoadBalancer", ports: [{ port: 80 }] } };
    await until(
      async () => !(await refuses(client.create("/api/v1/namespaces/default/services", service))),
      "it served",
    );
    await until(async () => {
      const found = await client.find<{ status: { loadBalancer: object } }>(
        "/api/v1/namespaces/default/services/later",
      );
      return found !== undefined && Object.keys(found.status.loadBalancer).length > 0;
    }, "a stand-in saw it");
    await client.close();
    const record = await recordOf("faulty");
    await controlPlane.stop();
    expect(await isAlive(record.keeper)).toBe(false);
  });
});
