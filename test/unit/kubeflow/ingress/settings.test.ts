import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { beforeAll, describe, expect, it } from "vitest";
import {
  certificateProblem,
  type GivenCertificate,
} from "../../../../components/kubeflow/ingress/given-certificate.ts";
import { ingressSettings } from "../../../../components/kubeflow/ingress/settings.ts";

const HOST = "platform.kubeflow.org";
const problems = (input: unknown) =>
  (ingressSettings.safeParse(input).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);

let given: GivenCertificate;
let other: GivenCertificate;

beforeAll(async () => {
  [given, other] = await Promise.all([selfSigned("*.kubeflow.org"), selfSigned("platform.kubeflow.net")]);
});

describe("ingress settings", () => {
  it("need nothing: a private name, a certificate of the platform's own, no load balancer", () => {
    const { host, service, tls, hstsSeconds } = ingressSettings.parse({});
    expect({ host, type: service.type, mode: tls.mode, hstsSeconds }).toEqual({
      host: "kubeflow.internal",
      type: undefined,
      mode: "self-signed",
      hstsSeconds: 31_536_000,
    });
  });

  it.each(["kubeflow", "Kubeflow.example.org", "10.0.0.1", "kubeflow.example.org:443", "https://a.b", "a..b"])(
    "refuse %s as a host",
    (host) => {
      expect(problems({ host })).toHaveLength(1);
    },
  );

  it("ask for the section of their mode, and for no other", () => {
    expect(problems({ host: HOST, tls: { mode: "acme" } })).toEqual([
      "tls.acme: an object with email, as mode is acme",
    ]);
    expect(problems({ tls: { acme: { email: "a@example.org" } } })).toEqual([
      "tls.acme: left out, as mode is self-signed",
    ]);
    expect(
      problems({ host: HOST, tls: { mode: "acme", acme: { email: "a@example.org", challenge: "dns01" } } }),
    ).toEqual([expect.stringContaining("tls.acme.dns01: the solver")]);
  });

  it("know that no public authority certifies a private name", () => {
    const acme = { email: "a@example.org" };
    expect(problems({ tls: { mode: "acme", acme } })).toEqual([
      expect.stringContaining("host: a name in the public DNS"),
    ]);
    const own = { ...acme, server: "https://acme.kubeflow.internal/directory" };
    expect(problems({ tls: { mode: "acme", acme: own } })).toEqual([]);
  });

  it("take a given certificate that fits the host and its key", () => {
    expect(problems({ host: HOST, tls: { mode: "given", given } })).toEqual([]);
    expect(problems({ host: HOST, tls: { mode: "given", given: other } })).toEqual([
      expect.stringMatching(/^tls\.given\.certificate: for platform\.kubeflow\.org; this one is for .*kubeflow\.net/),
    ]);
    expect(problems({ host: HOST, tls: { mode: "given", given: { ...given, key: other.key } } })).toEqual([
      "tls.given.key: the private key of the certificate beside it",
    ]);
  });

  it("see that a given certificate has run out", () => {
    expect(certificateProblem(given, HOST, new Date("2999-01-01"))?.message).toContain("ran out");
  });
});

async function selfSigned(name: string): Promise<GivenCertificate> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    notAfter: new Date("2100-01-01"),
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }])],
  });
  const key = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    certificate: certificate.toString("pem"),
    key: `-----BEGIN PRIVATE KEY-----\n${key.replace(/(.{64})/g, "$1\n")}\n-----END PRIVATE KEY-----\n`,
  };
}
