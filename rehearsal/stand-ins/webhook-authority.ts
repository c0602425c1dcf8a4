import { isDeepStrictEqual } from "node:util";
import type { Client } from "../control-plane/client.ts";
import type { Webhook, WebhookConfiguration } from "./cluster.ts";
import type { Store } from "./store.ts";

/** The webhooks with the authority (PEM) that the API server is to trust for them. */
export function trusting(webhooks: readonly Webhook[], authority: string): Webhook[] {
  const caBundle = Buffer.from(authority).toString("base64");
  return webhooks.map((webhook) => ({ ...webhook, clientConfig: { ...webhook.clientConfig, caBundle } }));
}

/** Writes the webhooks of a configuration as the named manager, if they differ and nobody changed it meanwhile. */
export async function updateWebhooks(
  client: Client,
  store: Store<WebhookConfiguration>,
  configuration: WebhookConfiguration,
  webhooks: readonly Webhook[],
  manager: string,
  ownerReferences?: () => Promise<object[]>,
): Promise<void> {
  if (isDeepStrictEqual(configuration.webhooks ?? [], webhooks)) return;
  const { resourceVersion } = configuration.metadata;
  const owners = ownerReferences === undefined ? {} : { ownerReferences: await ownerReferences() };
  await client.patch(`${store.pathOf(configuration)}?fieldManager=${manager}`, "merge-patch", {
    metadata: { resourceVersion, ...owners },
    webhooks,
  });
}
