import { readFile } from "node:fs/promises";
import { dump, load } from "js-yaml";
import { UserError } from "../../components/kit/errors.ts";
import type { KeyPair } from "./pki.ts";

/** What a client needs to reach one API server as one user. Certificates and key are PEM. */
export interface Access {
  /** `https://127.0.0.1:12345` */
  readonly server: string;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** A kubeconfig with everything embedded, so that the file alone is enough. */
export function renderKubeconfig(
  context: string,
  user: string,
  server: string,
  authority: string,
  pair: KeyPair,
): string {
  return dump({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: context, cluster: { server, "certificate-authority-data": base64(authority) } }],
    users: [
      {
        name: user,
        user: { "client-certificate-data": base64(pair.certificate), "client-key-data": base64(pair.key) },
      },
    ],
    contexts: [{ name: context, context: { cluster: context, user } }],
    "current-context": context,
  });
}

interface Kubeconfig {
  readonly clusters?: readonly { cluster?: { server?: string; "certificate-authority-data"?: string } }[];
  readonly users?: readonly { user?: { "client-certificate-data"?: string; "client-key-data"?: string } }[];
}

/** Reads a kubeconfig that renderKubeconfig wrote. Throws UserError for any other kind. */
export async function readAccess(file: string): Promise<Access> {
  const config = load(await readFile(file, "utf8")) as Kubeconfig;
  const cluster = config.clusters?.[0]?.cluster;
  const user = config.users?.[0]?.user;
  const access = {
    server: cluster?.server,
    authority: decoded(cluster?.["certificate-authority-data"]),
    certificate: decoded(user?.["client-certificate-data"]),
    key: decoded(user?.["client-key-data"]),
  };
  for (const [part, value] of Object.entries(access)) {
    if (value !== undefined) continue;
    throw new UserError(`${file} is not the kubeconfig of a rehearsal: it names no ${part}`, {
      next: "use the kubeconfig that the rehearsal printed",
      exitCode: 2,
    });
  }
  return access as Access;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function decoded(data: string | undefined): string | undefined {
  return data === undefined ? undefined : Buffer.from(data, "base64").toString();
}
