import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Authority, createAuthority } from "../../../rehearsal/control-plane/pki.ts";
import { Backends } from "../../../rehearsal/stand-ins/backends.ts";
import type { EndpointSlice, Service } from "../../../rehearsal/stand-ins/cluster.ts";
import { Store } from "../../../rehearsal/stand-ins/store.ts";
import { serveWebhooks, type WebhookCall } from "../../../rehearsal/stand-ins/webhook-server.ts";

const HOST = "istiod.istio-system.svc";
const cluster = {
  services: new Store<Service>("/api/v1/services"),
  endpointSlices: new Store<EndpointSlice>("/apis/discovery.k8s.io/v1/endpointslices"),
};

function ready(isReady: boolean): void {
  const metadata = { namespace: "istio-system", resourceVersion: "1" };
  cluster.services.replace([{ metadata: { ...metadata, name: "istiod", uid: "1" }, spec: { clusterIP: "10.96.0.7" } }]);
  cluster.endpointSlices.replace([
    {
      metadata: { ...metadata, name: "istiod-x", uid: "2", labels: { "kubernetes.io/service-name": "istiod" } },
      endpoints: [{ conditions: { ready: isReady } }],
    },
  ]);
}

describe("backends", () => {
  beforeEach(() => ready(true));

  it("are found by cluster IP and by name", () => {
    const backends = new Backends(cluster, {});
    expect(backends.serviceAt("10.96.0.7")).toBe("istio-system/istiod");
    expect(backends.serviceAt(HOST)).toBe("istio-system/istiod");
    expect(backends.serviceAt("10.96.0.8")).toBeUndefined();
    expect(backends.serviceAt("example.test")).toBeUndefined();
  });

  it("answer while an endpoint is ready", () => {
    const backends = new Backends(cluster, {});
    expect(backends.answers("istio-system/istiod")).toBe(true);
    expect(backends.answers("istio-system/other")).toBe(false);
    ready(false);
    expect(backends.answers("istio-system/istiod")).toBe(false);
  });

  it("fail as planned", () => {
    expect(new Backends(cluster, { neverBackend: ["istio-system/istiod"] }).answers("istio-system/istiod")).toBe(false);
    const delayed = new Backends(cluster, { delayBackend: { "istio-system/istiod": 0 } });
    expect(delayed.answers("istio-system/istiod")).toBe(false);
    ready(true);
    expect(delayed.answers("istio-system/istiod")).toBe(true);
    const later = new Backends(cluster, { delayBackend: { "istio-system/istiod": 600 } });
    ready(true);
    expect(later.answers("istio-system/istiod")).toBe(false);
  });
});

describe("the webhook server", () => {
  let directory: string;
  let socket: string;
  let authority: Authority;
  let server: Awaited<ReturnType<typeof serveWebhooks>>;
  const calls: WebhookCall[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "webhooks-"));
    socket = path.join(directory, "s");
    authority = await createAuthority("test");
    server = await serveWebhooks({
      socket,
      authority,
      backends: new Backends(cluster, {}),
      answer: (call) => {
        calls.push(call);
        return { answered: call.service };
      },
      log: () => undefined,
    });
  });
  beforeEach(() => ready(true));
  afterAll(async () => {
    server.close();
    await rm(directory, { recursive: true });
  });

  function tunnel(to: string): Promise<{ status: number; stream: Duplex }> {
    return new Promise((resolve, reject) => {
      httpRequest({ socketPath: socket, method: "CONNECT", path: to })
        .on("connect", ({ statusCode = 0 }, stream) => resolve({ status: statusCode, stream }))
        .on("error", reject)
        .end();
    });
  }

  function post(stream: Duplex, ca: string): Promise<string> {
    const secure = connect({ socket: stream, servername: HOST, ca });
    return new Promise((resolve, reject) => {
      httpsRequest({ createConnection: () => secure, method: "POST", path: "/inject?timeout=10s", host: HOST })
        .on("response", (response) => void text(response).then(resolve, reject))
        .on("error", reject)
        .end(JSON.stringify({ kind: "AdmissionReview" }));
    });
  }

  it("answers under the Service's name, for those who trust the authority", async () => {
    const { stream } = await tunnel("10.96.0.7:443");
    expect(JSON.parse(await post(stream, authority.certificate))).toEqual({ answered: "istio-system/istiod" });
    expect(calls).toEqual([{ service: "istio-system/istiod", path: "/inject", review: { kind: "AdmissionReview" } }]);
    stream.destroy();
  });

  it("is not trusted by others", async () => {
    const { stream } = await tunnel("10.96.0.7:443");
    const other = await createAuthority("other");
    await expect(post(stream, other.certificate)).rejects.toThrow(/certificate/);
    stream.destroy();
  });

  it("refuses what has no ready endpoint, and what is not of the cluster", async () => {
    ready(false);
    for (const target of ["10.96.0.7:443", `${HOST}:443`, "example.test:443"]) {
      const { status, stream } = await tunnel(target);
      expect(status).toBe(503);
      stream.destroy();
    }
  });

  it("passes on to what the command serves on the loopback address", async () => {
    const local = createServer((connection) => connection.pipe(connection));
    await new Promise<void>((resolve) => local.listen(0, "127.0.0.1", resolve));
    const { port } = local.address() as AddressInfo;
    const { status, stream } = await tunnel(`127.0.0.1:${port}`);
    expect(status).toBe(200);
    stream.end("there and back");
    expect(await text(stream)).toBe("there and back");
    local.close();
  });

  it("cuts a connection whose Service is no longer ready", async () => {
    const { stream } = await tunnel("10.96.0.7:443");
    ready(false);
    await expect(post(stream, authority.certificate)).rejects.toThrow(/socket hang up|ECONNRESET/);
    stream.destroy();
  });
});
