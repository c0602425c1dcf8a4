import { afterEach, describe, expect, it } from "vitest";
import { Secret, UNKNOWN, type Properties } from "../../../rehearsal/host/values.ts";
import { KubernetesProvider } from "../../../rehearsal/providers/kubernetes/index.ts";
import { InitializationError } from "../../../rehearsal/providers/provider.ts";
import { serveApi, type Answer, type ApiServer, type Exchange } from "./api-server.ts";

let server: ApiServer | undefined;
let provider: KubernetesProvider;
const statuses: string[] = [];
afterEach(async () => {
  await provider.close();
  await server?.close();
  server = undefined;
  statuses.length = 0;
});

async function connect(
  answer: (exchange: Exchange) => Answer | undefined,
  inputs: Properties = {},
): Promise<ApiServer> {
  server = await serveApi(answer);
  provider = new KubernetesProvider();
  const kubeconfig = new Secret(server.kubeconfig);
  await provider.configure({ inputs: { kubeconfig, upsertExistingObjects: "true", ...inputs }, preview: false });
  return server;
}

const configMap = (more: Properties = {}): Properties => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "x", namespace: "n" },
  ...more,
});
const call = { signal: new AbortController().signal, status: (message: string) => statuses.push(message) };
const create = (inputs: Properties, timeout = 0, signal = call.signal) =>
  provider.create(
    { urn: "urn:x", type: `kubernetes:core/v1:${inputs["kind"] as string}`, inputs, timeout, preview: false },
    { ...call, signal },
  );

/** An applied object as the server stores it. */
const stored = (exchange: Exchange, resourceVersion: string, more: object = {}) => ({
  ...(exchange.body as { metadata: object }),
  metadata: { ...(exchange.body as { metadata: object }).metadata, resourceVersion, managedFields: [{}] },
  ...more,
});
const isPatch = ({ method }: Exchange) => method === "PATCH";
const list = { items: [{ metadata: { name: "x", namespace: "n" } }] };

describe("create", () => {
  it("applies by server-side apply and leaves managed fields out of the outputs", async () => {
    const { exchanges } = await connect((exchange) =>
      isPatch(exchange) ? { status: 201, body: stored(exchange, "5") } : undefined,
    );
    const applied = await create(configMap({ data: { a: "b" } }));
    expect(applied).toEqual({
      id: "n/x",
      effect: "created",
      outputs: configMap({ data: { a: "b" }, metadata: { name: "x", namespace: "n", resourceVersion: "5" } }),
    });
    const patch = exchanges.find(isPatch);
    expect(patch?.path).toBe("/api/v1/namespaces/n/configmaps/x");
    expect(Object.fromEntries(patch?.query ?? [])).toEqual({ fieldManager: "pulumi-kubernetes", force: "true" });
  });

  it.each([
    ["7", "unchanged"],
    ["8", "changed"],
  ])("takes an existing object over; version 7 then %s is %s", async (version, effect) => {
    await connect((exchange) => {
      if (exchange.path === "/api/v1/configmaps") return { body: list };
      if (exchange.method === "GET" && exchange.path.endsWith("/x"))
        return { body: { metadata: { resourceVersion: "7" } } };
      return isPatch(exchange) ? { body: stored(exchange, version) } : undefined;
    });
    await expect(create(configMap())).resolves.toMatchObject({ effect });
  });

  it("refuses an existing object unless it may be taken over", async () => {
    const { exchanges } = await connect(
      (exchange) => {
        if (exchange.path === "/api/v1/configmaps") return { body: list };
        return exchange.path.endsWith("/x") ? { body: { metadata: { resourceVersion: "7" } } } : undefined;
      },
      { upsertExistingObjects: "false" },
    );
    await expect(create(configMap())).rejects.toThrow('configmaps "x" already exists');
    expect(exchanges.some(isPatch)).toBe(false);
  });

  it("refuses what it has itself created before, as a retried create is", async () => {
    await connect(
      (exchange) => {
        if (isPatch(exchange)) return { status: 201, body: stored(exchange, "5") };
        return exchange.path.endsWith("/x") ? { body: { metadata: { resourceVersion: "5" } } } : undefined;
      },
      { upsertExistingObjects: "false" },
    );
    await create(configMap());
    await expect(create(configMap())).rejects.toThrow("already exists");
  });

  it("tries again what is not found, and says so", async () => {
    let tries = 0;
    await connect((exchange) => {
      if (!isPatch(exchange)) return undefined;
      return ++tries === 1
        ? { status: 404, body: { message: 'namespaces "n" not found' } }
        : { status: 201, body: stored(exchange, "5") };
    });
    await create(configMap());
    expect(statuses).toEqual(['retrying ConfigMap n/x in 0.1 s (1 of 7): namespaces "n" not found']);
  });

  it("stops trying when it is interrupted", async () => {
    const abort = new AbortController();
    await connect(() => undefined);
    const created = create(configMap(), 0, abort.signal);
    setTimeout(() => abort.abort(new Error("enough")), 50);
    await expect(created).rejects.toThrow();
    expect(statuses).toHaveLength(1);
  });

  it("sends a request again when the server is busy", async () => {
    let tries = 0;
    await connect((exchange) => {
      if (!isPatch(exchange)) return undefined;
      return ++tries === 1
        ? { status: 429, headers: { "retry-after": "0" } }
        : { status: 201, body: stored(exchange, "5") };
    });
    await create(configMap());
    expect(tries).toBe(2);
  });

  it("passes on what the server says, and the words for a broken connection", async () => {
    let drop = false;
    await connect((exchange) => {
      if (!isPatch(exchange)) return undefined;
      return drop ? { drop } : { status: 500, body: { message: 'failed calling webhook "w": no endpoints' } };
    });
    await expect(create(configMap())).rejects.toThrow('failed calling webhook "w": no endpoints');
    drop = true;
    await expect(create(configMap())).rejects.toThrow("connection reset by peer");
  });

  it("never shows what is in a Secret, encoded or decoded", async () => {
    await connect((exchange) =>
      isPatch(exchange)
        ? { status: 422, body: { message: `data.k: invalid: ${JSON.stringify(exchange.body)} hunter22 0123456789` } }
        : undefined,
    );
    const data = { k: Buffer.from("hunter22").toString("base64") };
    const secret = { ...configMap({ kind: "Secret" }), data, stringData: new Secret({ t: "0123456789" }) };
    const error = await create(secret).catch((reason: unknown) => reason as Error);
    expect(error).toBeInstanceOf(Error);
    const shown = `${(error as Error).message} ${(error as Error).stack ?? ""}`;
    expect(shown).toContain("data.k: invalid");
    expect(shown).not.toMatch(/hunter22|aHVudGVyMjI|0123456789/);
  });

  it("marks the data of a Secret as secret", async () => {
    await connect((exchange) => (isPatch(exchange) ? { status: 201, body: stored(exchange, "5") } : undefined));
    const { outputs } = await create({ ...configMap({ kind: "Secret" }), data: { k: "dg==" } });
    expect(outputs["data"]).toEqual(new Secret({ k: "dg==" }));
  });
});

describe("waiting", () => {
  const inputs = configMap({
    metadata: { name: "x", namespace: "n", annotations: { "pulumi.com/waitFor": "jsonpath={.status.phase}=Ready" } },
  });
  const events = (...versions: [string, string][]) =>
    versions.map(([resourceVersion, phase]) => ({
      type: "MODIFIED",
      object: { ...inputs, metadata: { name: "x", namespace: "n", resourceVersion }, status: { phase } },
    }));
  const answers = (lines: readonly object[]) => (exchange: Exchange) => {
    if (isPatch(exchange)) return { status: 201, body: stored(exchange, "5", { status: {} }) };
    return exchange.query.has("watch") ? { lines } : undefined;
  };

  it("ends with the event that makes the object ready, and ignores older ones", async () => {
    await connect(answers(events(["4", "Ready"], ["6", "Pending"], ["7", "Ready"])));
    const { outputs } = await create(inputs);
    expect(outputs).toMatchObject({ status: { phase: "Ready" }, metadata: { resourceVersion: "7" } });
    expect(statuses).toEqual([
      "waiting for ConfigMap n/x: {.status.phase}=Ready (selects nothing yet)",
      "waiting for ConfigMap n/x: {.status.phase}=Ready (now Pending)",
    ]);
  });

  it("shares one watch among those who wait for a kind", async () => {
    const { exchanges } = await connect(answers(events(["7", "Ready"])));
    await Promise.all([create(inputs), create(inputs), create(inputs)]);
    expect(exchanges.filter(({ query }) => query.has("watch"))).toHaveLength(1);
  });

  it("says at the deadline what it waited for, and that the object exists", async () => {
    await connect(answers(events(["6", "Pending"])));
    const error: unknown = await create(inputs, 0.2).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InitializationError);
    expect((error as InitializationError).message).toBe(
      "ConfigMap n/x is not ready after 0.2 s: {.status.phase}=Ready (now Pending)",
    );
    expect((error as InitializationError).applied).toMatchObject({ id: "n/x", effect: "created" });
  });

  it("ends when it is interrupted, with the reason", async () => {
    const abort = new AbortController();
    await connect(answers([]));
    const created = create(inputs, 0, abort.signal);
    const reason = new Error("enough");
    setTimeout(() => abort.abort(reason), 100);
    await expect(created).rejects.toMatchObject({ name: "InitializationError", cause: reason });
  });

  it("ends when the object is deleted", async () => {
    const [event] = events(["6", "Pending"]);
    await connect(answers([{ ...event, type: "DELETED" }]));
    await expect(create(inputs)).rejects.toThrow("ConfigMap n/x was deleted while it was waited for");
  });

  it("is skipped where the object says so", async () => {
    const annotations = { "pulumi.com/skipAwait": "true", "pulumi.com/waitFor": "condition=Never" };
    const { exchanges } = await connect(answers([]));
    await create(configMap({ metadata: { name: "x", namespace: "n", annotations } }));
    expect(exchanges.some(({ query }) => query.has("watch"))).toBe(false);
  });
});

describe("update", () => {
  const update = (newInputs: Properties, ignoreChanges: string[]) =>
    provider.update(
      {
        urn: "urn:x",
        type: "kubernetes:core/v1:ConfigMap",
        id: "n/x",
        oldInputs: configMap(),
        oldOutputs: configMap(),
        newInputs,
        ignoreChanges,
        timeout: 0,
        preview: false,
      },
      call,
    );

  it("leaves fields to ignore to those who changed them, keeps its own, and does not force", async () => {
    const live = configMap({ data: { ours: "1", theirs: "injected" } });
    const { exchanges } = await connect((exchange) => {
      if (isPatch(exchange)) return { body: stored(exchange, "8") };
      return exchange.path.endsWith("/x") ? { body: live } : undefined;
    });
    await update(configMap({ data: { ours: "1", theirs: "" } }), ["data.ours", "data.theirs"]);
    expect(exchanges.find(isPatch)?.body).toMatchObject({ data: { ours: "1" } });
    expect(exchanges.find(isPatch)?.body).not.toHaveProperty("data.theirs");
    expect(exchanges.find(isPatch)?.query.get("force")).toBe("false");
  });
});

describe("delete", () => {
  const remove = (annotations: Properties = {}, timeout = 0, signal = call.signal) => {
    const inputs = configMap({ metadata: { name: "x", namespace: "n", annotations } });
    return provider.delete(
      { urn: "urn:x", type: "kubernetes:core/v1:ConfigMap", id: "n/x", inputs, outputs: inputs, timeout },
      { ...call, signal },
    );
  };
  const isDelete = ({ method }: Exchange) => method === "DELETE";
  const isLook = ({ method, path }: Exchange) => method === "GET" && path.endsWith("/x");
  const leaving = {
    kind: "ConfigMap",
    metadata: { name: "x", namespace: "n", uid: "u", deletionTimestamp: "now", finalizers: ["a.b/c"] },
  };

  it("is done at once when the server says so", async () => {
    const { exchanges } = await connect((exchange) => (isDelete(exchange) ? { body: { kind: "Status" } } : undefined));
    await remove();
    expect(exchanges.filter(isLook)).toEqual([]);
    expect(exchanges.find(isDelete)?.body).toEqual({ propagationPolicy: "Foreground" });
  });

  it("waits until the object is gone, and deletes as the annotation says", async () => {
    let looks = 0;
    const { exchanges } = await connect((exchange) =>
      isDelete(exchange) || (isLook(exchange) && ++looks < 3) ? { body: leaving } : undefined,
    );
    await remove({ "pulumi.com/deletionPropagationPolicy": "background" });
    expect(looks).toBe(3);
    expect(exchanges.find(isDelete)?.body).toEqual({ propagationPolicy: "Background" });
    expect(statuses.at(-1)).toBe("waiting for ConfigMap n/x to be gone: finalizers a.b/c");
  });

  it("is told by the watch", async () => {
    const { exchanges } = await connect((exchange) => {
      if (exchange.query.has("watch")) return { lines: [{ type: "DELETED", object: leaving }] };
      return isDelete(exchange) || isLook(exchange) ? { body: leaving } : undefined;
    });
    await remove();
    expect(exchanges.filter(isLook).length).toBeLessThan(3);
  });

  it("leaves what has taken the name meanwhile to others", async () => {
    await connect((exchange) => {
      if (isDelete(exchange)) return { body: leaving };
      return isLook(exchange) ? { body: { ...leaving, metadata: { ...leaving.metadata, uid: "another" } } } : undefined;
    });
    await expect(remove()).resolves.toBeUndefined();
  });

  it("goes on waiting for what somebody deletes already", async () => {
    let looks = 0;
    await connect((exchange) => {
      if (isDelete(exchange)) return { status: 409, body: { message: "being deleted", reason: "Conflict" } };
      return isLook(exchange) && ++looks < 3 ? { body: leaving } : undefined;
    });
    await expect(remove()).resolves.toBeUndefined();
  });

  it("is done when the object was gone already", async () => {
    await connect(() => undefined);
    await expect(remove()).resolves.toBeUndefined();
  });

  it("says at its deadline what holds the object", async () => {
    await connect((exchange) => (isDelete(exchange) || isLook(exchange) ? { body: leaving } : undefined));
    await expect(remove({}, 0.1)).rejects.toThrow("ConfigMap n/x is not gone after 0.1 s: finalizers a.b/c");
  });

  it("stops when the run does", async () => {
    await connect((exchange) => (isDelete(exchange) || isLook(exchange) ? { body: leaving } : undefined));
    const abort = new AbortController();
    const removal = remove({}, 0, abort.signal);
    const reason = new Error("interrupted");
    abort.abort(reason);
    await expect(removal).rejects.toMatchObject({ cause: reason });
  });
});

describe("check", () => {
  const check = (type: string, newInputs: Properties) => {
    provider = new KubernetesProvider();
    return provider.check({ urn: "urn:x", type, newInputs });
  };

  it("fills in what the type says and accepts unknown names", async () => {
    await expect(check("kubernetes:core/v1:ConfigMap", { metadata: { name: UNKNOWN } })).resolves.toEqual({
      inputs: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: UNKNOWN } },
      failures: [],
    });
  });

  it("finds missing names, other kinds and malformed annotations", async () => {
    const annotations = { "pulumi.com/waitFor": "Ready" };
    const { failures } = await check("kubernetes:apps/v1:Deployment", { kind: "Pod", metadata: { annotations } });
    expect(failures.map(({ property }) => property)).toEqual(["kind", "metadata.name", "metadata.annotations"]);
  });

  it.each(["kubernetes:helm.sh/v3:Release", "kubernetes:core/v1:ConfigMapPatch", "kubernetes:yaml/v2:ConfigGroup"])(
    "refuses %s",
    async (type) => {
      await expect(Promise.try(() => check(type, {}))).rejects.toThrow(`does not support ${type}`);
    },
  );
});

describe("configuration", () => {
  const configure = (inputs: Properties) => {
    provider = new KubernetesProvider();
    return provider.configure({ inputs, preview: false });
  };

  it.each([
    [{}, "has no `kubeconfig`"],
    [{ kubeconfig: "/no/such/file" }, "the kubeconfig /no/such/file cannot be read: ENOENT"],
    [{ kubeconfig: "a: b\n", enableServerSideApply: "false" }, "does not support the input enableServerSideApply"],
    [{ kubeconfig: "a: b\n", renderYamlToDirectory: "x" }, "does not support the input renderYamlToDirectory"],
    [{ kubeconfig: "clusters: []\ncontexts: []\nusers: []\n", context: "c" }, 'has no cluster for the context "c"'],
  ])("%j is refused", async (inputs, message) => {
    await expect(configure(inputs)).rejects.toThrow(message);
  });
});
