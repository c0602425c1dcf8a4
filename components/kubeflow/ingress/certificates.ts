import type { KubernetesObject } from "../../kit/objects.ts";
import { AUTHORITY_CONFIG, type Entrance } from "./entrance.ts";
import type { EntranceNames } from "./names.ts";
import type { IngressSettings } from "./settings.ts";

const CERT_MANAGER = "cert-manager.io/v1";
const NAME = "kubeflow-ingress";
const AUTHORITY = "kubeflow-ca";
const ACME_ACCOUNT = "kubeflow-acme-account";

type Tls = IngressSettings["tls"];
type Acme = NonNullable<Tls["acme"]>;

/** The ingress gateway's certificate and what issues and renews it. */
export function certificateObjects(tls: Tls, entrance: Entrance, names: EntranceNames): readonly KubernetesObject[] {
  const authority = tls.ca === undefined ? [] : [authorityConfig(tls.ca, names)];
  switch (tls.mode) {
    case "self-signed":
      return [
        ...authorityObjects(names),
        certificate(entrance, AUTHORITY, [entrance.host, `*.${entrance.host}`], names),
      ];
    case "acme":
      return [...authority, ...acmeObjects(required(tls.acme), tls.ca, entrance, names)];
    case "given":
      return [...authority, givenSecret(required(tls.given), entrance.certificateSecret, names)];
  }
}

/** An authority of the platform's own, kept for ten years so that people need to trust it once. */
function authorityObjects({ issuerSecretsNamespace, selfSigningIssuer }: EntranceNames): readonly KubernetesObject[] {
  return [
    {
      apiVersion: CERT_MANAGER,
      kind: "Certificate",
      metadata: { name: AUTHORITY, namespace: issuerSecretsNamespace },
      spec: {
        isCA: true,
        commonName: "Kubeflow",
        secretName: AUTHORITY,
        duration: "87600h",
        renewBefore: "8760h",
        privateKey: { algorithm: "ECDSA", size: 256 },
        issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: selfSigningIssuer },
      },
    },
    {
      apiVersion: CERT_MANAGER,
      kind: "ClusterIssuer",
      metadata: { name: AUTHORITY },
      spec: { ca: { secretName: AUTHORITY } },
    },
  ];
}

function acmeObjects(
  acme: Acme,
  ca: string | undefined,
  entrance: Entrance,
  names: EntranceNames,
): readonly KubernetesObject[] {
  const issuer = {
    apiVersion: CERT_MANAGER,
    kind: "ClusterIssuer",
    metadata: { name: "kubeflow-acme" },
    spec: {
      acme: {
        email: acme.email,
        server: acme.server,
        ...(ca === undefined ? {} : { caBundle: Buffer.from(ca).toString("base64") }),
        privateKeySecretRef: { name: ACME_ACCOUNT },
        solvers: [solverOf(acme)],
      },
    },
  };
  const secrets = Object.entries(acme.secrets).map(([name, stringData]) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: names.issuerSecretsNamespace },
    type: "Opaque",
    stringData,
  }));
  const hosts = acme.challenge === "dns01" ? [entrance.host, `*.${entrance.host}`] : [entrance.host];
  const asked = certificate(entrance, issuer.metadata.name, hosts, names);
  return [...secrets, issuer, unawaitedIfChallenged(asked, entrance)];
}

function solverOf({ challenge, dns01 }: Acme): object {
  return challenge === "dns01"
    ? { dns01: required(dns01) }
    : { http01: { ingress: { class: "istio", serviceType: "ClusterIP" } } };
}

/**
 * HTTP-01 is answered through the gateway, which is opened after everything that must be ready before it: waiting for
 * this certificate earlier would never end. The authservice, which is awaited, is not ready until the certificate is.
 */
function unawaitedIfChallenged(object: KubernetesObject, { challengePath }: Entrance): KubernetesObject {
  if (challengePath === undefined) return object;
  return { ...object, metadata: { ...object.metadata, annotations: { "pulumi.com/skipAwait": "true" } } };
}

/** 90 days, renewed by cert-manager after 60. */
function certificate(
  entrance: Entrance,
  issuer: string,
  dnsNames: readonly string[],
  { ingressNamespace }: EntranceNames,
): KubernetesObject {
  return {
    apiVersion: CERT_MANAGER,
    kind: "Certificate",
    metadata: { name: NAME, namespace: ingressNamespace },
    spec: {
      // RFC 5280 allows 64 characters here; the names that count are the next ones.
      ...(entrance.host.length <= 64 ? { commonName: entrance.host } : {}),
      dnsNames,
      secretName: entrance.certificateSecret,
      duration: "2160h",
      renewBefore: "720h",
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      usages: ["digital signature", "server auth"],
      issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: issuer },
    },
  };
}

function givenSecret(
  { certificate, key }: NonNullable<Tls["given"]>,
  name: string,
  { ingressNamespace }: EntranceNames,
): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: ingressNamespace },
    type: "kubernetes.io/tls",
    stringData: { "tls.crt": certificate, "tls.key": key },
  };
}

function authorityConfig(ca: string, { ingressNamespace }: EntranceNames): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: AUTHORITY_CONFIG, namespace: ingressNamespace },
    data: { "ca.crt": ca },
  };
}

function required<T>(section: T | undefined): T {
  if (section === undefined) throw new RangeError("the settings lack the section of their tls.mode");
  return section;
}
