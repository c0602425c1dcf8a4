import { isKnativeWebhook, knativeWebhooks } from "./knative-webhooks.ts";
import { all, reconcile } from "./reconcile.ts";
import type { Context } from "./stand-in.ts";
import type { Stored } from "./store.ts";
import { updateWebhooks } from "./webhook-authority.ts";

const MANAGER = "webhook";

/** CRDs whose versions a webhook converts without the release naming its authority. */
const CONVERTED = [{ definition: "pingsources.sources.knative.dev", service: "knative-eventing/eventing-webhook" }];
const CONVERSION_PATH = "/resource-conversion";

interface Definition extends Stored {
  readonly spec: {
    readonly conversion?: { readonly webhook?: { readonly clientConfig?: { readonly caBundle?: string } } };
  };
}

/**
 * Does what each of Knative's webhook programs does when it runs: keeps its certificate in a Secret the release made
 * empty, and completes its webhook configurations. Deployment, Service and Secret go by one name there.
 */
export function standInForKnative({ client, cluster, authority, signal, log }: Context): void {
  const { readyDeployments, webhookConfigurations, definitions } = cluster;
  /** Services whose certificate is known to be in its Secret. */
  const certified = new Set<string>();

  const keepCertificate = async (service: string): Promise<void> => {
    if (certified.has(service)) return;
    const [namespace = "", name = ""] = service.split("/");
    const path = `/api/v1/namespaces/${namespace}/secrets/${name}-certs`;
    const secret = await client.find<{ data?: Record<string, string> }>(path);
    if (secret === undefined) throw new Error(`the Secret ${service}-certs is missing`);
    if (secret.data?.["ca-cert.pem"] === undefined) {
      const dnsNames = [name, `${name}.${namespace}`, `${name}.${namespace}.svc`];
      const pair = await authority.issue({ commonName: `${name}.${namespace}.svc`, dnsNames });
      const stringData = {
        "server-key.pem": pair.key,
        "server-cert.pem": pair.certificate,
        "ca-cert.pem": authority.certificate,
      };
      await client.patch(`${path}?fieldManager=${MANAGER}`, "merge-patch", { stringData });
    }
    certified.add(service);
  };

  reconcile({ name: "knative", watches: [readyDeployments, ...webhookConfigurations], signal, log }, async () => {
    for (const service of certified) if (!readyDeployments.has(service)) certified.delete(service);
    await all(
      webhookConfigurations.flatMap((store) =>
        store.values().map(async (configuration) => {
          const service = configuration.webhooks?.find(isKnativeWebhook)?.clientConfig.service;
          const key = `${service?.namespace}/${service?.name}`;
          if (service === undefined || !readyDeployments.has(key)) return;
          await keepCertificate(key);
          const webhooks = knativeWebhooks(configuration.webhooks ?? [], authority.certificate);
          await updateWebhooks(client, store, configuration, webhooks, MANAGER, async () => [
            namespaceReference(await client.read(`/api/v1/namespaces/${service.namespace}`)),
          ]);
        }),
      ),
    );
  });

  reconcile({ name: "knative conversion", watches: [readyDeployments, definitions], signal, log }, async () => {
    const caBundle = Buffer.from(authority.certificate).toString("base64");
    for (const { definition, service } of CONVERTED) {
      if (!readyDeployments.has(service) || definitions.get(definition) === undefined) continue;
      const path = `${definitions.path}/${definition}`;
      const clientConfig = (await client.find<Definition>(path))?.spec.conversion?.webhook?.clientConfig;
      if (clientConfig === undefined || clientConfig.caBundle === caBundle) continue;
      await client.patch(`${path}?fieldManager=${MANAGER}`, "merge-patch", {
        spec: { conversion: { webhook: { clientConfig: { caBundle, service: { path: CONVERSION_PATH } } } } },
      });
    }
  });
}

function namespaceReference({ metadata }: Stored): object {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    name: metadata.name,
    uid: metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}
