import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Properties } from "../../../rehearsal/host/values.ts";
import type { Exchange } from "../../kit/api-server.ts";
import { configMap, ProviderStage } from "../../kit/kubernetes-provider.ts";

let stage: ProviderStage;
beforeEach(() => {
  stage = new ProviderStage();
});
afterEach(() => stage.close());

describe("delete", () => {
  const remove = (annotations: Properties = {}, timeout = 0, signal = stage.call.signal) => {
    const inputs = configMap({ metadata: { name: "x", namespace: "n", annotations } });
    return stage.provider.delete(
      { urn: "urn:x", type: "kubernetes:core/v1:ConfigMap", id: "n/x", inputs, outputs: inputs, timeout },
      { ...stage.call, signal },
    );
  };
  const isDelete = ({ method }: Exchange) => method === "DELETE";
  const isLook = ({ method, path }: Exchange) => method === "GET" && path.endsWith("/x");
  const leaving = {
    kind: "ConfigMap",
    metadata: { name: "x", namespace: "n", uid: "u", deletionTimestamp: "now", finalizers: ["a.b/c"] },
  };

  it("is done at once when the server says so", async () => {
    const { exchanges } = await stage.connect((exchange) =>
      isDelete(exchange) ? { body: { kind: "Status" } } : undefined,
    );
    await remove();
    expect(exchanges.filter(isLook)).toEqual([]);
    expect(exchanges.find(isDelete)?.body).toEqual({ propagationPolicy: "Foreground" });
  });

  it("waits until the object is gone, and deletes as the annotation says", async () => {
    let looks = 0;
    const { exchanges } = await stage.connect((exchange) =>
      isDelete(exchange) || (isLook(exchange) && ++looks < 3) ? { body: leaving } : undefined,
    );
    await remove({ "pulumi.com/deletionPropagationPolicy": "background" });
    expect(looks).toBe(3);
    expect(exchanges.find(isDelete)?.body).toEqual({ propagationPolicy: "Background" });
    expect(stage.statuses.at(-1)).toBe("waiting for ConfigMap n/x to be gone: finalizers a.b/c");
  });

  it("is told by the watch", async () => {
    const { exchanges } = await stage.connect((exchange) => {
      if (exchange.query.has("watch")) return { lines: [{ type: "DELETED", object: leaving }] };
      return isDelete(exchange) || isLook(exchange) ? { body: leaving } : undefined;
    });
    await remove();
    expect(exchanges.filter(isLook).length).toBeLessThan(3);
  });

  it("leaves what has taken the name meanwhile to others", async () => {
    await stage.connect((exchange) => {
      if (isDelete(exchange)) return { body: leaving };
      return isLook(exchange) ? { body: { ...leaving, metadata: { ...leaving.metadata, uid: "another" } } } : undefined;
    });
    await expect(remove()).resolves.toBeUndefined();
  });

  it("goes on waiting for what somebody deletes already", async () => {
    let looks = 0;
    await stage.connect((exchange) => {
      if (isDelete(exchange)) return { status: 409, body: { message: "being deleted", reason: "Conflict" } };
      return isLook(exchange) && ++looks < 3 ? { body: leaving } : undefined;
    });
    await expect(remove()).resolves.toBeUndefined();
  });

  it("is done when the object was gone already", async () => {
    await stage.connect(() => undefined);
    await expect(remove()).resolves.toBeUndefined();
  });

  it("says at its deadline what holds the object", async () => {
    await stage.connect((exchange) => (isDelete(exchange) || isLook(exchange) ? { body: leaving } : undefined));
    await expect(remove({}, 0.1)).rejects.toThrow("ConfigMap n/x is not gone after 0.1 s: finalizers a.b/c");
  });

  it("stops when the run does", async () => {
    await stage.connect((exchange) => (isDelete(exchange) || isLook(exchange) ? { body: leaving } : undefined));
    const abort = new AbortController();
    const removal = remove({}, 0, abort.signal);
    const reason = new Error("interrupted");
    abort.abort(reason);
    await expect(removal).rejects.toMatchObject({ cause: reason });
  });
});
