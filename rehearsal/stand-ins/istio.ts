import type { Webhook } from "./cluster.ts";
import { all, reconcile } from "./reconcile.ts";
import type { Context } from "./stand-in.ts";
import { trusting, updateWebhooks } from "./webhook-authority.ts";

const MANAGER = "pilot-discovery";

/**
 * Does what istiod does to its webhook configurations: trusts itself, and fails closed on validation once it answers.
 */
export function standInForIstiod({ client, cluster, authority, signal, log }: Context): void {
  const { readyDeployments, webhookConfigurations } = cluster;
  const watches = [readyDeployments, ...webhookConfigurations];
  reconcile({ name: "istiod", watches, signal, log }, async () => {
    await all(
      webhookConfigurations.flatMap((store) =>
        store
          .values()
          .filter(({ webhooks = [] }) => webhooks.some((webhook) => isServedBy(webhook, readyDeployments)))
          .map((configuration) => {
            const webhooks = istioWebhooks(configuration.webhooks ?? [], authority.certificate);
            return updateWebhooks(client, store, configuration, webhooks, MANAGER);
          }),
      ),
    );
  });
}

export function istioWebhooks(webhooks: readonly Webhook[], authority: string): Webhook[] {
  return trusting(webhooks, authority).map((webhook) =>
    webhook.name.endsWith("validation.istio.io") ? { ...webhook, failurePolicy: "Fail" } : webhook,
  );
}

function isServedBy({ clientConfig }: Webhook, ready: { has(key: string): boolean }): boolean {
  const { service } = clientConfig;
  return service?.name === "istiod" && ready.has(`${service.namespace}/istiod`);
}
