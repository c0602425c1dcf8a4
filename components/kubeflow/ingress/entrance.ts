import type { IngressSettings } from "./settings.ts";

/** How the platform is reached, for everything that must know: gateways, Dex, the authservice, stack outputs. */
export interface Entrance {
  readonly host: string;
  /** Without a slash at its end. */
  readonly url: string;
  /** Of Dex: where tokens say they come from, outside and inside the cluster alike. */
  readonly issuer: string;
  /** Secret in the ingress gateway's namespace with the certificate and its key. */
  readonly certificateSecret: string;
  /** Where the ingress gateway's namespace holds `ca.crt`, unless everybody trusts the authority anyway. */
  readonly authority: { readonly kind: "Secret" | "ConfigMap"; readonly name: string } | undefined;
  /** Paths that must be answered in plain HTTP and without signing in. */
  readonly challengePath: string | undefined;
}

/** Of the authority, where the settings give one. */
export const AUTHORITY_CONFIG = "kubeflow-ingress-ca";

/** A given certificate has a Secret of its own, so that neither cert-manager nor the engine finds the other's. */
const SECRETS = {
  "self-signed": "kubeflow-ingress-tls",
  acme: "kubeflow-ingress-tls",
  given: "kubeflow-ingress-given",
};

/** Where an ACME authority looks for its challenge (RFC 8555, 8.3). */
const CHALLENGE_PATH = "/.well-known/acme-challenge/";

export function entranceOf({ host, tls }: IngressSettings): Entrance {
  const url = `https://${host}`;
  const certificateSecret = SECRETS[tls.mode];
  return {
    host,
    url,
    issuer: `${url}/dex`,
    certificateSecret,
    authority: authorityOf(tls, certificateSecret),
    challengePath: tls.mode === "acme" && tls.acme?.challenge === "http01" ? CHALLENGE_PATH : undefined,
  };
}

function authorityOf(tls: IngressSettings["tls"], certificateSecret: string): Entrance["authority"] {
  if (tls.mode === "self-signed") return { kind: "Secret", name: certificateSecret };
  return tls.ca === undefined ? undefined : { kind: "ConfigMap", name: AUTHORITY_CONFIG };
}
