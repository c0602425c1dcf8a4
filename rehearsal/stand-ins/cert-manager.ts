import {
  certificateSecret,
  certificateStatus,
  isIssued,
  isReady,
  issuerKey,
  issuerStatus,
  webhookAuthoritySecret,
} from "./certificate-objects.ts";
import { keyOf } from "./store.ts";
import { all, reconcile } from "./reconcile.ts";
import type { Context } from "./stand-in.ts";

const CONTROLLER = "cert-manager/cert-manager";
const WEBHOOK = { deployment: "cert-manager/cert-manager-webhook", secret: "cert-manager-webhook-ca" };

/**
 * Does what cert-manager's controller and webhook do: readies issuers, issues certificates, keeps the webhook's
 * authority.
 */
export function standInForCertManager({ client, cluster, authority, signal, log }: Context): void {
  const { readyDeployments, issuers, certificates } = cluster;
  const [namespacedIssuers, clusterIssuers] = issuers;
  const watches = [readyDeployments, ...issuers, certificates];

  reconcile({ name: "cert-manager", watches, signal, log }, async () => {
    if (!readyDeployments.has(CONTROLLER)) return;
    const readied = issuers.flatMap((store) =>
      store
        .values()
        .filter(({ status }) => !isReady(status?.conditions))
        .map((issuer) =>
          client.patch(`${store.pathOf(issuer)}/status?fieldManager=cert-manager-issuers`, "merge-patch", {
            status: issuerStatus(issuer, new Date()),
          }),
        ),
    );
    const issued = certificates
      .values()
      .filter((certificate) => !isIssued(certificate))
      .map(async (certificate) => {
        const { kind, key } = issuerKey(certificate);
        const issuer = (kind === "Issuer" ? namespacedIssuers : clusterIssuers).get(key);
        if (!isReady(issuer?.status?.conditions)) return;
        const { commonName, dnsNames = [], ipAddresses = [], secretName } = certificate.spec;
        const name = commonName ?? dnsNames[0] ?? keyOf(certificate);
        const pair = await authority.issue({ commonName: name, dnsNames, ipAddresses });
        const { namespace } = certificate.metadata;
        await client.patch(
          `/api/v1/namespaces/${namespace}/secrets/${secretName}?fieldManager=cert-manager-certificates-issuing&force=true`,
          "apply-patch",
          certificateSecret(certificate, pair, authority.certificate),
        );
        await client.patch(
          `${certificates.pathOf(certificate)}/status?fieldManager=cert-manager-certificates-readiness`,
          "merge-patch",
          { status: certificateStatus(certificate, new Date()) },
        );
      });
    await all([...readied, ...issued]);
  });

  reconcile({ name: "cert-manager webhook", watches: [readyDeployments], signal, log }, async () => {
    if (!readyDeployments.has(WEBHOOK.deployment)) return;
    const [namespace = ""] = WEBHOOK.deployment.split("/");
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    if ((await client.find(`${path}/${WEBHOOK.secret}`)) !== undefined) return;
    await client.create(`${path}?fieldManager=webhook`, webhookAuthoritySecret(namespace, WEBHOOK.secret, authority));
  });
}
