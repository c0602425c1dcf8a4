import { isIssued } from "./certificate-objects.ts";
import { all, reconcile } from "./reconcile.ts";
import type { Context } from "./stand-in.ts";
import type { Stored } from "./store.ts";
import { trusting, updateWebhooks } from "./webhook-authority.ts";

const DEPLOYMENT = "cert-manager/cert-manager-cainjector";
const MANAGER = "cainjector";
const FROM_CERTIFICATE = "cert-manager.io/inject-ca-from";
const FROM_SECRET = "cert-manager.io/inject-ca-from-secret";
const DIRECT = "cert-manager.io/allow-direct-injection";
const CERTIFICATE_NAME = "cert-manager.io/certificate-name";

interface Secret extends Stored {
  readonly data?: Readonly<Record<string, string>>;
}

interface Definition extends Stored {
  readonly spec: {
    readonly conversion?: {
      readonly strategy?: string;
      readonly webhook?: { readonly clientConfig?: { readonly caBundle?: string } };
    };
  };
}

/**
 * Does what cert-manager's cainjector does: fills the authority into what is annotated to get it, once its source is
 * there.
 */
export function standInForCaInjector({ client, cluster, signal, log }: Context): void {
  const { readyDeployments, webhookConfigurations, certificates, definitions, secrets } = cluster;

  /**
   * The authority (PEM) an object is annotated to get, undefined while its source is not there or does not permit it.
   */
  const authorityFor = async (object: Stored): Promise<string | undefined> => {
    const annotations = object.metadata.annotations ?? {};
    const direct = annotations[FROM_SECRET];
    if (direct !== undefined) return authorityOf(await secret(direct), (found) => found[DIRECT] === "true");
    const certificate = certificates.get(annotations[FROM_CERTIFICATE] ?? "");
    if (certificate === undefined || !isIssued(certificate)) return undefined;
    const { name, namespace } = certificate.metadata;
    return authorityOf(
      await secret(`${namespace}/${certificate.spec.secretName}`),
      (found) => found[CERTIFICATE_NAME] === name,
    );
  };
  const secret = (key: string): Promise<Secret | undefined> => {
    const [namespace, name] = key.split("/");
    return client.find(`/api/v1/namespaces/${namespace}/secrets/${name}`);
  };
  const watches = [readyDeployments, certificates, secrets, ...webhookConfigurations, definitions];

  reconcile({ name: "cainjector", watches, signal, log }, async () => {
    if (!readyDeployments.has(DEPLOYMENT)) return;
    const configurations = webhookConfigurations.flatMap((store) =>
      store
        .values()
        .filter(isAnnotated)
        .map(async (configuration) => {
          const authority = await authorityFor(configuration);
          if (authority === undefined) return;
          const webhooks = trusting(configuration.webhooks ?? [], authority);
          await updateWebhooks(client, store, configuration, webhooks, MANAGER);
        }),
    );
    const conversions = definitions
      .values()
      .filter(isAnnotated)
      .map(async (definition) => {
        const authority = await authorityFor(definition);
        if (authority === undefined) return;
        const path = `${definitions.path}/${definition.metadata.name}`;
        const caBundle = Buffer.from(authority).toString("base64");
        const conversion = (await client.find<Definition>(path))?.spec.conversion;
        if (conversion?.strategy !== "Webhook" || conversion.webhook?.clientConfig?.caBundle === caBundle) return;
        await client.patch(`${path}?fieldManager=${MANAGER}`, "merge-patch", {
          spec: { conversion: { webhook: { clientConfig: { caBundle } } } },
        });
      });
    await all([...configurations, ...conversions]);
  });
}

function isAnnotated({ metadata }: Stored): boolean {
  const annotations = metadata.annotations ?? {};
  return FROM_CERTIFICATE in annotations || FROM_SECRET in annotations;
}

function authorityOf(
  secret: Secret | undefined,
  permits: (annotations: Readonly<Record<string, string>>) => boolean,
): string | undefined {
  const data = secret?.data?.["ca.crt"];
  if (data === undefined || !permits(secret?.metadata.annotations ?? {})) return undefined;
  return Buffer.from(data, "base64").toString();
}
