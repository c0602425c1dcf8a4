import { MirrorError } from "../errors.ts";
import { isTransient, StatusError } from "./failures.ts";
import { reasonOf } from "./retry.ts";
import { systemErrorCode } from "../../kit/errors.ts";

const TLS_CODES = /^(?:UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS|HOSTNAME_MISMATCH|ERR_SSL)/;

/** What a failed request means for somebody who wanted to have `reference`. */
export async function explainPull(
  error: unknown,
  reference: string,
  host: string,
  isKnown: () => Promise<boolean>,
): Promise<unknown> {
  if (!(error instanceof StatusError)) return explainConnection(error, host);
  const { status, said } = error;
  if (status === 404) return gone(`${reference}: ${host} has it no more: ${said}`, error);
  if (status !== 401 && status !== 403) return explainConnection(error, host);
  if (!(await isKnown())) {
    return gone(`${reference}: ${host} does not give it to everyone, or has it no more: ${said}`, error);
  }
  return new MirrorError("E_AUTH", `${reference}: ${host} does not allow these credentials to read it: ${said}`, {
    next: `docker login ${host}, or ask who owns the image`,
    cause: error,
  });
}

/** What a failed request means for somebody who wanted to store in `place`. */
export function explainPush(error: unknown, reference: string, place: string, host: string): unknown {
  if (!(error instanceof StatusError)) return explainConnection(error, host);
  const { status, code, said } = error;
  if (status === 401 || status === 403) {
    return new MirrorError("E_AUTH", `${reference}: ${host} does not allow to write to ${place}: ${said}`, {
      next: `docker login ${host} as somebody who may`,
      cause: error,
    });
  }
  if (code === "MANIFEST_BLOB_UNKNOWN" || code === "BLOB_UNKNOWN") {
    const what = `${host} refuses an index of which not all platforms are there`;
    return new MirrorError("E_SPARSE", `${reference}: ${what}: ${said}`, {
      next: "pull it with --platform all",
      cause: error,
    });
  }
  return new MirrorError("E_REFUSED", `${reference}: ${host} does not take ${place}: ${said}`, {
    next: "look into the log of the registry",
    cause: error,
  });
}

function gone(message: string, cause: unknown): MirrorError {
  return new MirrorError("E_GONE", message, {
    next: "name another source for it (--source), or log in if it is private",
    cause,
  });
}

function explainConnection(error: unknown, host: string): unknown {
  if (error instanceof MirrorError) return error;
  const code = systemErrorCode(error) ?? "";
  if (code === "ENOTFOUND") {
    return new MirrorError("E_NETWORK", `${host} is not found: no such name`, {
      next: "check the name, the network and the proxy (HTTPS_PROXY)",
      cause: error,
    });
  }
  if (TLS_CODES.test(code)) {
    const [what, next] = aboutCertificate(code, error);
    return new MirrorError("E_NETWORK", `${host}: ${what} (${code})`, { next, cause: error });
  }
  if (error instanceof StatusError || isTransient(error)) {
    return new MirrorError("E_NETWORK", `${host}: ${reasonOf(error)}`, { cause: error });
  }
  return error;
}

function aboutCertificate(code: string, error: unknown): readonly [what: string, next: string] {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const { subjectaltname = "nobody" } = (error as { cert?: { subjectaltname?: string } }).cert ?? {};
    return [`its certificate is for ${subjectaltname}`, "name the registry as its certificate does"];
  }
  if (code === "CERT_HAS_EXPIRED")
    return ["its certificate has expired", "have it renewed, or set this machine's clock"];
  if (code === "CERT_NOT_YET_VALID") return ["its certificate is not valid yet", "set this machine's clock"];
  return ["its certificate is not trusted", "name the authority that signed it: --ca FILE"];
}
