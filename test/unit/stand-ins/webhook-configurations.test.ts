import { describe, expect, it } from "vitest";
import type { Webhook } from "../../../rehearsal/stand-ins/cluster.ts";
import { istioWebhooks } from "../../../rehearsal/stand-ins/istio.ts";
import { knativeWebhooks } from "../../../rehearsal/stand-ins/knative-webhooks.ts";

function webhook(name: string, changes: Partial<Webhook> = {}): Webhook {
  return { name, clientConfig: { service: { name: "webhook", namespace: "knative-serving" } }, ...changes };
}

const BUNDLE = Buffer.from("an authority").toString("base64");

describe("istiod", () => {
  it("fills its authority in everywhere and fails closed on validation", () => {
    const before = [
      webhook("namespace.sidecar-injector.istio.io", { failurePolicy: "Fail" }),
      webhook("rev.validation.istio.io", { failurePolicy: "Ignore" }),
    ];
    const after = istioWebhooks(before, "an authority");
    expect(after.map(({ clientConfig }) => clientConfig.caBundle)).toEqual([BUNDLE, BUNDLE]);
    expect(after.map(({ failurePolicy }) => failurePolicy)).toEqual(["Fail", "Fail"]);
    expect(istioWebhooks(after, "an authority")).toEqual(after);
  });
});

describe("Knative", () => {
  const completed = (name: string, changes?: Partial<Webhook>) =>
    knativeWebhooks([webhook(name, changes)], "an authority")[0];

  it.each([
    ["webhook.eventing.knative.dev", "/defaulting", ["CREATE", "UPDATE"]],
    ["validation.webhook.eventing.knative.dev", "/resource-validation", ["CREATE", "UPDATE", "DELETE"]],
    ["config.webhook.serving.knative.dev", "/config-validation", ["CREATE", "UPDATE"]],
    ["sinkbindings.webhook.sources.knative.dev", "/sinkbindings", ["CREATE", "UPDATE"]],
  ])("brings rules, path and authority to %s", (name, path, operations) => {
    const after = completed(name);
    expect(after?.clientConfig).toEqual({
      caBundle: BUNDLE,
      service: { name: "webhook", namespace: "knative-serving", path },
    });
    expect(after?.rules?.length).toBeGreaterThan(0);
    for (const rule of after?.rules ?? []) expect(rule).toMatchObject({ operations });
  });

  it("keeps rules that the release has", () => {
    const rules = [{ apiGroups: ["serving.knative.dev"] }];
    expect(completed("webhook.serving.knative.dev", { rules })?.rules).toEqual(rules);
  });

  it("exempts namespaces that ask for it, and keeps other conditions", () => {
    const present = { matchExpressions: [{ key: "webhooks.knative.dev/exclude", operator: "DoesNotExist" }] };
    expect(completed("webhook.eventing.knative.dev")?.namespaceSelector).toEqual(present);
    const labelled = { matchLabels: { a: "b" } };
    expect(completed("webhook.eventing.knative.dev", { namespaceSelector: labelled })?.namespaceSelector).toEqual({
      ...labelled,
      ...present,
    });
    expect(completed("sinkbindings.webhook.sources.knative.dev")?.objectSelector).toEqual({
      matchExpressions: [{ key: "bindings.knative.dev/exclude", operator: "NotIn", values: ["true"] }],
    });
  });

  it("changes nothing the second time", () => {
    const names = [
      "webhook.eventing.knative.dev",
      "config.webhook.serving.knative.dev",
      "sinkbindings.webhook.sources.knative.dev",
    ];
    const once = knativeWebhooks(
      names.map((name) => webhook(name)),
      "an authority",
    );
    expect(knativeWebhooks(once, "an authority")).toEqual(once);
  });
});
