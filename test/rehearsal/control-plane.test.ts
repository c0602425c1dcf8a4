import { readdir, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client } from "../../rehearsal/control-plane/client.ts";
import { rehearsalsRoot } from "../../rehearsal/control-plane/directory.ts";
import {
  type Binaries,
  COMPONENTS,
  type ControlPlane,
  createDefaultStorageClass,
  createNodes,
  outsideConnections,
  start,
} from "../../rehearsal/control-plane/index.ts";
import { obtain } from "../../toolchain/index.ts";
import { nothingLeft, recordOf, refuses, until } from "../kit/control-plane.ts";
import { RehearsalHome } from "../kit/rehearsal.ts";

let home: RehearsalHome;
let binaries: Binaries;

beforeAll(async () => {
  home = await RehearsalHome.open();
  home.moveIn();
  binaries = await obtain([...COMPONENTS]);
});
afterAll(() => home.close());

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
