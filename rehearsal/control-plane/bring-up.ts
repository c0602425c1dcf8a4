import { mkdir, writeFile } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "./client.ts";
import { type Component, configurationFiles, FILES, kubeconfigFile } from "./components.ts";
import { type Access, renderKubeconfig } from "./kubeconfig.ts";
import { createAuthority, createTokenKeys, type KeyPair } from "./pki.ts";

/** Everybody here may do everything: what is rehearsed is the RBAC of the release, not that of Kubernetes itself. */
const USERS = {
  admin: "rehearsal-admin",
  "kube-controller-manager": "system:kube-controller-manager",
  "kube-scheduler": "system:kube-scheduler",
  kwok: "system:kwok",
} as const satisfies Partial<Record<Component | "admin", string>>;

const POLL_MS = 40;

/** Certificates of one control plane, made once and written for whichever port the API server gets. */
export interface Credentials {
  readonly authority: string;
  readonly users: ReadonlyMap<keyof typeof USERS, KeyPair>;
}

/** Writes keys, certificates and configuration files. Only the owner can read any of it. */
export async function writeCredentials(directory: string): Promise<Credentials> {
  const [authority, tokens] = await Promise.all([createAuthority("rehearsal"), createTokenKeys()]);
  const [serving, ...pairs] = await Promise.all([
    authority.issue({
      commonName: "kube-apiserver",
      dnsNames: ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"],
      ipAddresses: ["127.0.0.1"],
    }),
    ...Object.values(USERS).map((commonName) => authority.issue({ commonName, organization: "system:masters" })),
  ]);
  await mkdir(path.join(directory, "pki"), { recursive: true, mode: 0o700 });
  await writeAll(directory, {
    ...configurationFiles(),
    [FILES.authority]: authority.certificate,
    [FILES.authorityKey]: authority.key,
    [FILES.serving]: serving.certificate,
    [FILES.servingKey]: serving.key,
    [FILES.tokenKey]: tokens.privateKey,
    [FILES.tokenPublicKey]: tokens.publicKey,
  });
  const users = new Map((Object.keys(USERS) as (keyof typeof USERS)[]).map((user, index) => [user, pairs[index]!]));
  return { authority: authority.certificate, users };
}

/** Writes the kubeconfigs for an API server at `port` and returns the administrator's access. */
export async function writeKubeconfigs(
  directory: string,
  name: string,
  port: number,
  credentials: Credentials,
): Promise<Access> {
  const server = `https://127.0.0.1:${port}`;
  const context = `rehearsal-${name}`;
  const files = [...credentials.users].map(([user, pair]) => [
    user === "admin" ? FILES.kubeconfig : kubeconfigFile(user),
    renderKubeconfig(context, USERS[user], server, credentials.authority, pair),
  ]);
  await writeAll(directory, Object.fromEntries(files) as Record<string, string>);
  const admin = credentials.users.get("admin")!;
  return { server, authority: credentials.authority, certificate: admin.certificate, key: admin.key };
}

/** A port of the loopback address that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return address.port;
}

/** Until something accepts connections at a Unix socket. */
export async function untilConnectable(socket: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const connected = await new Promise<boolean>((resolve) => {
      const connection = createConnection(socket)
        .once("connect", () => resolve(true))
        .once("error", () => resolve(false));
      connection.once("connect", () => connection.destroy());
    });
    if (connected) return;
    await sleep(POLL_MS);
  }
}

/** Until the API server says that it is ready; its version, such as `1.34.4`. */
export async function untilReady(client: Client, signal: AbortSignal): Promise<string> {
  await eventually(() => client.text("/readyz"), signal);
  const { gitVersion } = await client.read<{ gitVersion: string }>("/version");
  return gitVersion.replace(/^v/, "").replace(/[-+].*$/, "");
}

/**
 * Until pods can be created, which takes the controller manager: the service account `default` is its first visible
 * work.
 */
export async function untilPodsAreAccepted(client: Client, signal: AbortSignal): Promise<void> {
  await eventually(() => client.read("/api/v1/namespaces/default/serviceaccounts/default"), signal);
}

async function eventually(attempt: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const succeeded = await attempt().then(
      () => true,
      () => false,
    );
    if (succeeded) return;
    await sleep(POLL_MS);
  }
}

async function writeAll(directory: string, files: Record<string, string>): Promise<void> {
  await Promise.all(
    Object.entries(files).map(([file, content]) => writeFile(path.join(directory, file), content, { mode: 0o600 })),
  );
}
