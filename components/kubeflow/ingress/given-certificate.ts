import { createPrivateKey, X509Certificate } from "node:crypto";
import { UNREADABLE } from "../../settings/unreadable.ts";

export interface GivenCertificate {
  readonly certificate: string;
  readonly key: string;
}

interface CertificateProblem {
  readonly field: keyof GivenCertificate;
  /** What the field must be. */
  readonly message: string;
}

/** Why a certificate (its chain after it, in PEM) cannot serve a host; undefined where it can. */
export function certificateProblem(
  { certificate, key }: GivenCertificate,
  host: string,
  now: Date = new Date(),
): CertificateProblem | undefined {
  const leaf = read(() => new X509Certificate(certificate));
  if (leaf === undefined) return { field: "certificate", message: "a certificate in PEM that can be read" };
  const ofKey = key === UNREADABLE ? undefined : keyProblem(leaf, key);
  if (ofKey !== undefined) return { field: "key", message: ofKey };
  if (leaf.checkHost(host) === undefined) {
    return { field: "certificate", message: `for ${host}; this one is for ${leaf.subjectAltName ?? leaf.subject}` };
  }
  if (new Date(leaf.validTo) <= now) {
    return { field: "certificate", message: `still valid; this one ran out on ${leaf.validTo}` };
  }
  return undefined;
}

function keyProblem(leaf: X509Certificate, key: string): string | undefined {
  const secret = read(() => createPrivateKey(key));
  if (secret === undefined) return "a private key in PEM that can be read without a passphrase";
  return leaf.checkPrivateKey(secret) ? undefined : "the private key of the certificate beside it";
}

function read<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
