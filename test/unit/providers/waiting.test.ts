import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InitializationError } from "../../../rehearsal/providers/provider.ts";
import type { Exchange } from "../../kit/api-server.ts";
import { configMap, isPatch, ProviderStage, stored } from "../../kit/kubernetes-provider.ts";

let stage: ProviderStage;
beforeEach(() => {
  stage = new ProviderStage();
});
afterEach(() => stage.close());

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
    await stage.connect(answers(events(["4", "Ready"], ["6", "Pending"], ["7", "Ready"])));
    const { outputs } = await stage.create(inputs);
    expect(outputs).toMatchObject({ status: { phase: "Ready" }, metadata: { resourceVersion: "7" } });
    expect(stage.statuses).toEqual([
      "waiting for ConfigMap n/x: {.status.phase}=Ready (selects nothing yet)",
      "waiting for ConfigMap n/x: {.status.phase}=Ready (now Pending)",
    ]);
  });

  it("shares one watch among those who wait for a kind", async () => {
    const { exchanges } = await stage.connect(answers(events(["7", "Ready"])));
    await Promise.all([stage.create(inputs), stage.create(inputs), stage.create(inputs)]);
    expect(exchanges.filter(({ query }) => query.has("watch"))).toHaveLength(1);
  });

  it("says at the deadline what it waited for, and that the object exists", async () => {
    await stage.connect(answers(events(["6", "Pending"])));
    const error: unknown = await stage.create(inputs, 0.2).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InitializationError);
    expect((error as InitializationError).message).toBe(
      "ConfigMap n/x is not ready after 0.2 s: {.status.phase}=Ready (now Pending)",
    );
    expect((error as InitializationError).applied).toMatchObject({ id: "n/x", effect: "created" });
  });

  it("ends when it is interrupted, with the reason", async () => {
    const abort = new AbortController();
    await stage.connect(answers([]));
    const created = stage.create(inputs, 0, abort.signal);
    const reason = new Error("enough");
    setTimeout(() => abort.abort(reason), 100);
    await expect(created).rejects.toMatchObject({ name: "InitializationError", cause: reason });
  });

  it("ends when the object is deleted", async () => {
    const [event] = events(["6", "Pending"]);
    await stage.connect(answers([{ ...event, type: "DELETED" }]));
    await expect(stage.create(inputs)).rejects.toThrow("ConfigMap n/x was deleted while it was waited for");
  });

  it("is skipped where the object says so", async () => {
    const annotations = { "pulumi.com/skipAwait": "true", "pulumi.com/waitFor": "condition=Never" };
    const { exchanges } = await stage.connect(answers([]));
    await stage.create(configMap({ metadata: { name: "x", namespace: "n", annotations } }));
    expect(exchanges.some(({ query }) => query.has("watch"))).toBe(false);
  });
});
