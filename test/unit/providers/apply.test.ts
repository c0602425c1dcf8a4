import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Secret, type Properties } from "../../../rehearsal/host/values.ts";
import { configMap, isPatch, ProviderStage, stored } from "../../kit/kubernetes-provider.ts";

let stage: ProviderStage;
beforeEach(() => {
  stage = new ProviderStage();
});
afterEach(() => stage.close());

const list = { items: [{ metadata: { name: "x", namespace: "n" } }] };

describe("create", () => {
  it("applies by server-side apply and leaves managed fields out of the outputs", async () => {
    const { exchanges } = await stage.connect((exchange) =>
      isPatch(exchange) ? { status: 201, body: stored(exchange, "5") } : undefined,
    );
    const applied = await stage.create(configMap({ data: { a: "b" } }));
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
    await stage.connect((exchange) => {
      if (exchange.path === "/api/v1/configmaps") return { body: list };
      if (exchange.method === "GET" && exchange.path.endsWith("/x"))
        return { body: { metadata: { resourceVersion: "7" } } };
      return isPatch(exchange) ? { body: stored(exchange, version) } : undefined;
    });
    await expect(stage.create(configMap())).resolves.toMatchObject({ effect });
  });

  it("refuses an existing object unless it may be taken over", async () => {
    const { exchanges } = await stage.connect(
      (exchange) => {
        if (exchange.path === "/api/v1/configmaps") return { body: list };
        return exchange.path.endsWith("/x") ? { body: { metadata: { resourceVersion: "7" } } } : undefined;
      },
      { upsertExistingObjects: "false" },
    );
    await expect(stage.create(configMap())).rejects.toThrow('configmaps "x" already exists');
    expect(exchanges.some(isPatch)).toBe(false);
  });

  it("refuses what it has itself created before, as a retried create is", async () => {
    await stage.connect(
      (exchange) => {
        if (isPatch(exchange)) return { status: 201, body: stored(exchange, "5") };
        return exchange.path.endsWith("/x") ? { body: { metadata: { resourceVersion: "5" } } } : undefined;
      },
      { upsertExistingObjects: "false" },
    );
    await stage.create(configMap());
    await expect(stage.create(configMap())).rejects.toThrow("already exists");
  });

  it("tries again what is not found, and says so", async () => {
    let tries = 0;
    await stage.connect((exchange) => {
      if (!isPatch(exchange)) return undefined;
      return ++tries === 1
        ? { status: 404, body: { message: 'namespaces "n" not found' } }
        : { status: 201, body: stored(exchange, "5") };
    });
    await stage.create(configMap());
    expect(stage.statuses).toEqual(['retrying ConfigMap n/x in 0.1 s (1 of 7): namespaces "n" not found']);
  });

  it("stops trying when it is interrupted", async () => {
    const abort = new AbortController();
    await stage.connect(() => undefined);
    const created = stage.create(configMap(), 0, abort.signal);
    setTimeout(() => abort.abort(new Error("enough")), 50);
    await expect(created).rejects.toThrow();
    expect(stage.statuses).toHaveLength(1);
  });

  it("sends a request again when the server is busy", async () => {
    let tries = 0;
    await stage.connect((exchange) => {
      if (!isPatch(exchange)) return undefined;
      return ++tries === 1
        ? { status: 429, headers: { "retry-after": "0" } }
        : { status: 201, body: stored(exchange, "5") };
    });
    await stage.create(configMap());
    expect(tries).toBe(2);
  });

  it("passes on what the server says, and the words for a broken connection", async () => {
    let drop = false;
    await stage.connect((exchange) => {
      if (!isPatch(exchange)) return undefined;
      return drop ? { drop } : { status: 500, body: { message: 'failed calling webhook "w": no endpoints' } };
    });
    await expect(stage.create(configMap())).rejects.toThrow('failed calling webhook "w": no endpoints');
    drop = true;
    await expect(stage.create(configMap())).rejects.toThrow("connection reset by peer");
  });

  it("never shows what is in a Secret, encoded or decoded", async () => {
    await stage.connect((exchange) =>
      isPatch(exchange)
        ? { status: 422, body: { message: `data.k: invalid: ${JSON.stringify(exchange.body)} hunter22 0123456789` } }
        : undefined,
    );
    const data = { k: Buffer.from("hunter22").toString("base64") };
    const secret = { ...configMap({ kind: "Secret" }), data, stringData: new Secret({ t: "0123456789" }) };
    const error = await stage.create(secret).catch((reason: unknown) => reason as Error);
    expect(error).toBeInstanceOf(Error);
    const shown = `${(error as Error).message} ${(error as Error).stack ?? ""}`;
    expect(shown).toContain("data.k: invalid");
    expect(shown).not.toMatch(/hunter22|aHVudGVyMjI|0123456789/);
  });

  it("marks the data of a Secret as secret", async () => {
    await stage.connect((exchange) => (isPatch(exchange) ? { status: 201, body: stored(exchange, "5") } : undefined));
    const { outputs } = await stage.create({ ...configMap({ kind: "Secret" }), data: { k: "dg==" } });
    expect(outputs["data"]).toEqual(new Secret({ k: "dg==" }));
  });
});

describe("update", () => {
  const update = (newInputs: Properties, ignoreChanges: string[]) =>
    stage.provider.update(
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
      stage.call,
    );

  it("leaves fields to ignore to those who changed them, keeps its own, and does not force", async () => {
    const live = configMap({ data: { ours: "1", theirs: "injected" } });
    const { exchanges } = await stage.connect((exchange) => {
      if (isPatch(exchange)) return { body: stored(exchange, "8") };
      return exchange.path.endsWith("/x") ? { body: live } : undefined;
    });
    await update(configMap({ data: { ours: "1", theirs: "" } }), ["data.ours", "data.theirs"]);
    expect(exchanges.find(isPatch)?.body).toMatchObject({ data: { ours: "1" } });
    expect(exchanges.find(isPatch)?.body).not.toHaveProperty("data.theirs");
    expect(exchanges.find(isPatch)?.query.get("force")).toBe("false");
  });
});
