import { all, reconcile } from "./reconcile.ts";
import type { Context } from "./stand-in.ts";
import { trusting, updateWebhooks } from "./webhook-authority.ts";

const MANAGER = "manager";
const OPERATOR = "training-operator";

/** Does what the Training Operator does from 1.8 on: keeps a certificate of its own, and has its webhooks trusted. */
export function standInForTrainingOperator({ client, cluster, authority, signal, log }: Context): void {
  const { readyDeployments, webhookConfigurations } = cluster;
  const watches = [readyDeployments, ...webhookConfigurations];
  reconcile({ name: OPERATOR, watches, signal, log }, async () => {
    await all(
      webhookConfigurations.flatMap((store) =>
        store.values().map(async (configuration) => {
          const service = configuration.webhooks?.[0]?.clientConfig.service;
          const key = `${service?.namespace}/${service?.name}`;
          if (service?.name !== OPERATOR || !readyDeployments.has(key)) return;
          const dnsName = `${service.name}.${service.namespace}.svc`;
          const pair = await authority.issue({ commonName: dnsName, dnsNames: [dnsName] });
          const secret = `/api/v1/namespaces/${service.namespace}/secrets/${OPERATOR}-webhook-cert`;
          const found = await client.find<{ data?: Record<string, string> }>(secret);
          if (found?.data?.["tls.crt"] === undefined) {
            const stringData = { "tls.crt": pair.certificate, "tls.key": pair.key, "ca.crt": authority.certificate };
            await client.patch(`${secret}?fieldManager=${MANAGER}`, "merge-patch", { stringData });
          }
          const webhooks = trusting(configuration.webhooks ?? [], authority.certificate);
          await updateWebhooks(client, store, configuration, webhooks, MANAGER);
        }),
      ),
    );
  });
}
