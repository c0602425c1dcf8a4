import type { KeyPair } from "../control-plane/pki.ts";
import type { Certificate, Condition, Issuer } from "./cluster.ts";

/** Lifetime cert-manager gives by default, and the share of it after which it renews. */
const LIFETIME_MS = 90 * 24 * 3600 * 1000;

export function isReady(conditions: readonly Condition[] | undefined): boolean {
  return (conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True");
}

/** Ready as it stands now, not as it stood before it was changed. */
export function isIssued({ metadata, status }: Certificate): boolean {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True" && ready.observedGeneration === metadata.generation;
}

/** The key of the Issuer or ClusterIssuer a Certificate names, in the store of its kind. */
export function issuerKey({ metadata, spec }: Certificate): { kind: "Issuer" | "ClusterIssuer"; key: string } {
  return spec.issuerRef.kind === "ClusterIssuer"
    ? { kind: "ClusterIssuer", key: spec.issuerRef.name }
    : { kind: "Issuer", key: `${metadata.namespace}/${spec.issuerRef.name}` };
}

export function issuerStatus({ metadata }: Issuer, now: Date): object {
  return { conditions: [readyCondition("IsReady", "The issuer is ready", metadata.generation, now)] };
}

export function certificateStatus({ metadata }: Certificate, now: Date): object {
  const at = (milliseconds: number): string => seconds(new Date(now.getTime() + milliseconds));
  return {
    conditions: [readyCondition("Ready", "Certificate is up to date and has not expired", metadata.generation, now)],
    notBefore: at(0),
    notAfter: at(LIFETIME_MS),
    renewalTime: at((LIFETIME_MS * 2) / 3),
    revision: 1,
  };
}

/** The Secret of a Certificate, as cert-manager applies it. */
export function certificateSecret({ metadata, spec }: Certificate, pair: KeyPair, authority: string): object {
  const { commonName = "", dnsNames = [], ipAddresses = [], issuerRef, secretName, secretTemplate } = spec;
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/tls",
    metadata: {
      name: secretName,
      namespace: metadata.namespace,
      labels: { ...secretTemplate?.labels, "controller.cert-manager.io/fao": "true" },
      annotations: {
        ...secretTemplate?.annotations,
        "cert-manager.io/alt-names": dnsNames.join(","),
        "cert-manager.io/certificate-name": metadata.name,
        "cert-manager.io/common-name": commonName,
        "cert-manager.io/ip-sans": ipAddresses.join(","),
        "cert-manager.io/issuer-group": issuerRef.group ?? "",
        "cert-manager.io/issuer-kind": issuerRef.kind ?? "Issuer",
        "cert-manager.io/issuer-name": issuerRef.name,
        "cert-manager.io/uri-sans": "",
      },
    },
    data: {
      "tls.crt": base64(pair.certificate),
      "tls.key": base64(pair.key),
      "ca.crt": base64(authority),
    },
  };
}

/** The Secret in which cert-manager's webhook keeps its own authority, readable for the cainjector. */
export function webhookAuthoritySecret(namespace: string, name: string, authority: KeyPair): object {
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "Opaque",
    metadata: { name, namespace, annotations: { "cert-manager.io/allow-direct-injection": "true" } },
    data: {
      "ca.crt": base64(authority.certificate),
      "tls.crt": base64(authority.certificate),
      "tls.key": base64(authority.key),
    },
  };
}

function readyCondition(reason: string, message: string, generation: number | undefined, now: Date): object {
  return {
    type: "Ready",
    status: "True",
    reason,
    message,
    lastTransitionTime: seconds(now),
    observedGeneration: generation,
  };
}

/** RFC 3339 in whole seconds, the only precision the API has. */
function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
