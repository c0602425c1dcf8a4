import { readFile, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import tls from "node:tls";
import type { Dispatcher } from "undici";
import Agent from "undici/lib/dispatcher/agent.js";
import { MirrorError } from "../errors.ts";
import { isLoopback } from "./address.ts";
import { reusingConnector } from "./connector.ts";
import { Exchange, type HttpResponse } from "./exchange.ts";

/** Milliseconds. There is no limit to how long a whole blob may take. */
export interface Timeouts {
  readonly connect: number;
  /** From the end of the request to the head of the answer. */
  readonly headers: number;
  /** The same where the registry has to move a whole blob first. */
  readonly commit: number;
  /** Without a byte. */
  readonly idle: number;
}

export const TIMEOUTS: Timeouts = { connect: 30_000, headers: 30_000, commit: 600_000, idle: 60_000 };

export interface TransportOptions {
  /** Authorities that are trusted beside the system's, PEM. */
  readonly ca?: readonly string[];
  /** What this client shows of itself, PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Hosts whose certificate is not checked, and which may be spoken to without TLS. */
  readonly insecure: ReadonlySet<string>;
  /** Connections to one host. */
  readonly connections: number;
  readonly timeouts: Timeouts;
  /** Where proxies are named, and whose home holds certificates. */
  readonly env: NodeJS.ProcessEnv;
}

export interface HttpRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Milliseconds. @default Timeouts.headers */
  readonly patience?: number;
  readonly signal?: AbortSignal;
}

/** Folders in which containers and docker keep authorities and certificates, one folder a host; the user's own first. */
function certificateFolders(env: NodeJS.ProcessEnv): readonly string[] {
  // containers-certs.d(5) names this folder, whatever XDG_CONFIG_HOME is.
  const own = path.join(env["HOME"] ?? homedir(), ".config", "containers", "certs.d");
  return [own, "/etc/docker/certs.d", "/etc/containers/certs.d"];
}

/** One HTTP exchange at a time, no redirects, no second tries. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #agents = new Map<string, Promise<Dispatcher>>();

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  async send({ method, url, headers, body, patience, signal }: HttpRequest): Promise<HttpResponse> {
    const agent = await this.#agentFor(url.host);
    const { timeouts } = this.#options;
    const exchange = new Exchange(signal);
    agent.dispatch(
      {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers: { "user-agent": "kubeflow-mirror", ...headers },
        // What can be iterated over is sent as it comes, which undici's types do not tell.
        body: (body ?? null) as Uint8Array | null,
        headersTimeout: patience ?? timeouts.headers,
        bodyTimeout: timeouts.idle,
        // Registries send no body with the answer to a HEAD, for which undici would close the connection after each.
        reset: false,
      },
      exchange,
    );
    return exchange.answered;
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map(async (agent) => (await agent).destroy()));
  }

  #agentFor(host: string): Promise<Dispatcher> {
    const known = this.#agents.get(host);
    if (known !== undefined) return known;
    const made = this.#makeAgent(host);
    this.#agents.set(host, made);
    return made;
  }

  async #makeAgent(host: string): Promise<Dispatcher> {
    const { ca = [], certificate, insecure, connections, timeouts, env } = this.#options;
    const local = await certificatesOf(host, env);
    const authorities = [...ca, ...local.ca];
    const security = {
      ...(authorities.length > 0 && { ca: [...tls.getCACertificates("default"), ...authorities] }),
      ...(certificate ?? local.certificate),
      ...(insecure.has(host) && { rejectUnauthorized: false }),
    };
    // One connection a stream: with HTTP/2 all would share one window.
    const connecting = { timeout: timeouts.connect, allowH2: false, ...security };
    const options = {
      connections,
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: 10_000,
      connect: reusingConnector(connecting),
    };
    const named = (name: string) => env[name.toLowerCase()] ?? env[name] ?? "";
    const [httpProxy, httpsProxy, noProxy] = [named("HTTP_PROXY"), named("HTTPS_PROXY"), named("NO_PROXY")];
    if (isLoopback(host) || (httpProxy === "" && httpsProxy === "")) return new Agent(options);
    const { EnvHttpProxyAgent } = await import("undici");
    return new EnvHttpProxyAgent({ ...options, requestTls: security, httpProxy, httpsProxy, noProxy });
  }
}

interface Certificates {
  readonly ca: readonly string[];
  readonly certificate?: { readonly cert: string; readonly key: string };
}

async function certificatesOf(host: string, env: NodeJS.ProcessEnv): Promise<Certificates> {
  const ca: string[] = [];
  let certificate: Certificates["certificate"];
  for (const folder of certificateFolders(env).map((root) => path.join(root, host))) {
    for (const name of (await readdir(folder).catch(() => [])).sort()) {
      const file = path.join(folder, name);
      if (name.endsWith(".crt")) ca.push(await readPem(file));
      const key = file.replace(/\.cert$/, ".key");
      if (name.endsWith(".cert")) certificate ??= { cert: await readPem(file), key: await readPem(key) };
    }
  }
  return { ca, ...(certificate === undefined ? {} : { certificate }) };
}

/** Throws MirrorError E_USAGE for a file that cannot be read or holds no PEM. */
export async function readPem(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new MirrorError("E_USAGE", `${file} cannot be read: ${(error as Error).message}`);
  });
  if (!text.includes("-----BEGIN ")) throw new MirrorError("E_USAGE", `${file} holds no PEM certificate or key`);
  return text;
}
