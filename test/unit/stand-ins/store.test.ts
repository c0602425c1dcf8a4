import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Client } from "../../../rehearsal/control-plane/client.ts";
import { ReadyDeployments, type Deployment } from "../../../rehearsal/stand-ins/cluster.ts";
import { Store, type Stored } from "../../../rehearsal/stand-ins/store.ts";

/** An API server of one kind: what it lists, and the watches that wait for events. */
let server: Server;
let items: Stored[] | undefined;
let asked: URL[];
let watches: ServerResponse[];
let client: Client;
let stop: AbortController;

beforeEach(async () => {
  items = [];
  asked = [];
  watches = [];
  stop = new AbortController();
  server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://test");
    asked.push(url);
    if (items === undefined) return response.writeHead(404).end("{}");
    if (url.searchParams.has("watch")) {
      response.writeHead(200).flushHeaders();
      return watches.push(response);
    }
    return response.end(JSON.stringify({ metadata: { resourceVersion: "10" }, items }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  client = new Client({ server: `http://127.0.0.1:${port}`, authority: "", certificate: "", key: "" });
});

afterEach(async () => {
  stop.abort();
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function object(name: string, resourceVersion: string): Stored {
  return { metadata: { name, namespace: "n", uid: name, resourceVersion } };
}

function send(type: string, value: unknown): void {
  watches.at(-1)?.write(`${JSON.stringify({ type, object: value })}\n`);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function follow(): Store<Stored> {
  const store = new Store<Stored>("/api/v1/things", { fieldSelector: "metadata.name=a" });
  void store.follow(client, stop.signal);
  return store;
}

describe("a store", () => {
  it("lists, then follows", async () => {
    items = [object("a", "5")];
    const store = follow();
    let changes = 0;
    store.onChange(() => changes++);
    await until(() => watches.length === 1);
    expect(store.values().map(({ metadata }) => metadata.name)).toEqual(["a"]);
    expect(asked[0]?.searchParams.get("fieldSelector")).toBe("metadata.name=a");
    expect(asked[1]?.searchParams.get("resourceVersion")).toBe("10");
    send("ADDED", object("b", "11"));
    send("MODIFIED", { metadata: { ...object("a", "12").metadata, managedFields: [{}] } });
    await until(() => store.get("n/a")?.metadata.resourceVersion === "12");
    expect(store.get("n/a")?.metadata).not.toHaveProperty("managedFields");
    send("DELETED", object("b", "13"));
    await until(() => store.get("n/b") === undefined);
    expect(changes).toBe(4);
  });

  it("goes on from where a watch ended", async () => {
    follow();
    await until(() => watches.length === 1);
    send("BOOKMARK", object("", "42"));
    watches[0]?.end();
    await until(() => watches.length === 2);
    expect(asked.at(-1)?.searchParams.get("resourceVersion")).toBe("42");
  });

  it("begins anew after an error, without what is gone", async () => {
    items = [object("a", "5"), object("b", "6")];
    const store = follow();
    await until(() => watches.length === 1);
    items = [object("b", "6")];
    send("ERROR", { code: 410 });
    await until(() => watches.length === 2);
    expect(store.values().map(({ metadata }) => metadata.name)).toEqual(["b"]);
  });

  it("waits for a kind that is not served yet, and is empty when it no longer is", async () => {
    items = undefined;
    const store = follow();
    await until(() => asked.length === 1);
    items = [object("a", "5")];
    await until(() => watches.length === 1);
    expect(store.values()).toHaveLength(1);
    items = undefined;
    watches[0]?.end();
    await until(() => store.values().length === 0);
  });

  it("knows the paths of its objects", () => {
    const store = new Store("/apis/g/v1/things");
    expect(store.pathOf(object("a", "1"))).toBe("/apis/g/v1/namespaces/n/things/a");
    expect(store.pathOf({ metadata: { name: "a", uid: "a", resourceVersion: "1" } })).toBe("/apis/g/v1/things/a");
  });
});

describe("ready Deployments", () => {
  it("are told when one becomes ready or ceases to be, not at every change", () => {
    const store = new Store<Deployment>("/apis/apps/v1/deployments");
    const ready = new ReadyDeployments(store);
    let changes = 0;
    ready.onChange(() => changes++);
    const deployment = (readyReplicas: number): Deployment => ({
      ...object("d", "1"),
      spec: { template: {} },
      status: { readyReplicas },
    });
    store.replace([deployment(0)]);
    expect([changes, ready.get("n/d")]).toEqual([0, undefined]);
    store.replace([deployment(1)]);
    store.replace([deployment(2)]);
    expect([changes, ready.has("n/d")]).toEqual([1, true]);
    store.replace([deployment(0)]);
    expect([changes, ready.has("n/d")]).toEqual([2, false]);
  });
});
