import type { Webhook } from "./cluster.ts";
import { trusting } from "./webhook-authority.ts";

/** Kinds of a group version by their plural names. */
type Kinds = readonly {
  readonly group: string;
  readonly versions: readonly string[];
  readonly resources: readonly string[];
}[];

const EVENTING: Kinds = [
  { group: "eventing.knative.dev", versions: ["v1"], resources: ["brokers", "triggers"] },
  { group: "eventing.knative.dev", versions: ["v1beta1"], resources: ["eventtypes"] },
  { group: "flows.knative.dev", versions: ["v1"], resources: ["parallels", "sequences"] },
  { group: "messaging.knative.dev", versions: ["v1"], resources: ["channels", "subscriptions"] },
  {
    group: "sources.knative.dev",
    versions: ["v1", "v1beta2"],
    resources: ["apiserversources", "containersources", "pingsources", "sinkbindings"],
  },
];
const DEPLOYMENTS: Kinds = [{ group: "apps", versions: ["v1"], resources: ["deployments"] }];
const CONFIG_MAPS: Kinds = [{ group: "", versions: ["v1"], resources: ["configmaps"] }];
const POD_OWNERS: Kinds = [
  { group: "apps", versions: ["v1"], resources: ["daemonsets/*", "deployments/*", "statefulsets/*"] },
  { group: "batch", versions: ["v1"], resources: ["jobs/*"] },
];

/** The rules that the webhook's program brings along, for those which the release leaves to it. */
const RULES: Readonly<Record<string, object[]>> = {
  "config.webhook.eventing.knative.dev": rules(CONFIG_MAPS, ["CREATE", "UPDATE"]),
  "config.webhook.istio.networking.internal.knative.dev": rules(CONFIG_MAPS, ["CREATE", "UPDATE"]),
  "config.webhook.serving.knative.dev": rules(CONFIG_MAPS, ["CREATE", "UPDATE"]),
  "sinkbindings.webhook.sources.knative.dev": rules(POD_OWNERS, ["CREATE", "UPDATE"]),
  "validation.webhook.eventing.knative.dev": rules(withStatus(EVENTING), ["CREATE", "UPDATE", "DELETE"]),
  "webhook.eventing.knative.dev": rules(withStatus(EVENTING), ["CREATE", "UPDATE"]),
  "webhook.istio.networking.internal.knative.dev": rules(withStatus(DEPLOYMENTS), ["CREATE", "UPDATE"]),
};

const NOT_EXCLUDED = { matchExpressions: [{ key: "webhooks.knative.dev/exclude", operator: "DoesNotExist" }] };
const NOT_EXCLUDED_FROM_BINDING = {
  matchExpressions: [{ key: "bindings.knative.dev/exclude", operator: "NotIn", values: ["true"] }],
};

export function isKnativeWebhook({ name }: Webhook): boolean {
  return name.endsWith(".knative.dev");
}

/** The webhooks as the program that serves them leaves them once it runs: rules, authority, path, whom they exempt. */
export function knativeWebhooks(webhooks: readonly Webhook[], authority: string): Webhook[] {
  return trusting(webhooks, authority).map((webhook) => {
    const { service } = webhook.clientConfig;
    if (service === undefined || !isKnativeWebhook(webhook)) return webhook;
    const path = pathOf(webhook.name);
    return {
      ...webhook,
      clientConfig: { ...webhook.clientConfig, service: { ...service, path } },
      rules: webhook.rules?.length ? webhook.rules : (RULES[webhook.name] ?? []),
      ...exemptions(webhook, path),
    };
  });
}

function pathOf(name: string): string {
  if (name.startsWith("config.")) return "/config-validation";
  if (name.startsWith("validation.")) return "/resource-validation";
  return name.startsWith("sinkbindings.") ? "/sinkbindings" : "/defaulting";
}

function exemptions(webhook: Webhook, path: string): Partial<Webhook> {
  switch (path) {
    case "/config-validation":
      return {};
    case "/sinkbindings":
      return { namespaceSelector: NOT_EXCLUDED_FROM_BINDING, objectSelector: NOT_EXCLUDED_FROM_BINDING };
    default:
      return isExempting(webhook) ? {} : { namespaceSelector: { ...webhook.namespaceSelector, ...NOT_EXCLUDED } };
  }
}

function isExempting({ namespaceSelector }: Webhook): boolean {
  return (namespaceSelector?.matchExpressions ?? []).some(({ key }) => key === "webhooks.knative.dev/exclude");
}

function withStatus(kinds: Kinds): Kinds {
  return kinds.map((kind) => ({ ...kind, resources: kind.resources.flatMap((name) => [name, `${name}/status`]) }));
}

function rules(kinds: Kinds, operations: readonly string[]): object[] {
  return kinds.map(({ group, versions, resources }) => ({
    apiGroups: [group],
    apiVersions: versions,
    operations,
    resources,
    scope: "*",
  }));
}
