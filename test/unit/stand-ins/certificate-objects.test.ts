import { describe, expect, it } from "vitest";
import {
  certificateSecret,
  certificateStatus,
  isIssued,
  isReady,
  issuerKey,
  issuerStatus,
} from "../../../rehearsal/stand-ins/certificate-objects.ts";
import type { Certificate, Condition } from "../../../rehearsal/stand-ins/cluster.ts";

const CERTIFICATE: Certificate = {
  metadata: { name: "serving-cert", namespace: "kubeflow", uid: "1", resourceVersion: "1", generation: 2 },
  spec: {
    secretName: "serving",
    commonName: "server.kubeflow.svc",
    dnsNames: ["server.kubeflow.svc", "server.kubeflow.svc.cluster.local"],
    issuerRef: { kind: "Issuer", name: "selfsigned" },
  },
};
const NOW = new Date("2026-11-01T10:00:00.123Z");

describe("a certificate", () => {
  it("is issued once its status says so of what it is now", () => {
    expect(isIssued(CERTIFICATE)).toBe(false);
    const status = certificateStatus(CERTIFICATE, NOW) as NonNullable<Certificate["status"]>;
    expect(isIssued({ ...CERTIFICATE, status })).toBe(true);
    expect(isIssued({ ...CERTIFICATE, status, metadata: { ...CERTIFICATE.metadata, generation: 3 } })).toBe(false);
    expect(status).toMatchObject({
      notBefore: "2026-11-01T10:00:00Z",
      notAfter: "2027-01-30T10:00:00Z",
      renewalTime: "2026-12-31T10:00:00Z",
    });
  });

  it("asks the issuer of the kind that it names", () => {
    expect(issuerKey(CERTIFICATE)).toEqual({ kind: "Issuer", key: "kubeflow/selfsigned" });
    const issuerRef = { kind: "ClusterIssuer", name: "acme" };
    expect(issuerKey({ ...CERTIFICATE, spec: { ...CERTIFICATE.spec, issuerRef } })).toEqual({
      kind: "ClusterIssuer",
      key: "acme",
    });
  });

  it("gets a Secret that says whose it is", () => {
    const pair = { certificate: "certificate", key: "key" };
    expect(certificateSecret(CERTIFICATE, pair, "authority")).toMatchObject({
      type: "kubernetes.io/tls",
      metadata: {
        name: "serving",
        namespace: "kubeflow",
        annotations: {
          "cert-manager.io/certificate-name": "serving-cert",
          "cert-manager.io/alt-names": "server.kubeflow.svc,server.kubeflow.svc.cluster.local",
        },
      },
      data: { "tls.crt": "Y2VydGlmaWNhdGU=", "tls.key": "a2V5", "ca.crt": "YXV0aG9yaXR5" },
    });
  });
});

describe("an issuer", () => {
  it("is ready by its status", () => {
    const { conditions } = issuerStatus(CERTIFICATE, NOW) as { conditions: Condition[] };
    expect(isReady(conditions)).toBe(true);
    expect(isReady(conditions.map((condition) => ({ ...condition, status: "False" })))).toBe(false);
    expect(isReady(undefined)).toBe(false);
  });
});
