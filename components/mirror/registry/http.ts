import { defined } from "../../kit/defined.ts";
import { systemErrorCode } from "../../kit/errors.ts";
import { checkDetour, isLoopback, servedBy } from "./address.ts";
import { Authenticator, type Scope } from "./auth.ts";
import type { CredentialSource } from "./credentials.ts";
import { StatusError } from "./failures.ts";
import { Gate } from "./gate.ts";
import { type RetryPolicy, retrying } from "./retry.ts";
import type { HttpResponse } from "./exchange.ts";
import type { UploadSizes } from "./upload.ts";
import type { HttpRequest, Timeouts, Transport } from "./transport.ts";

/** What all registries of one run share. */
export interface HttpContext {
  readonly transport: Transport;
  readonly credentials: CredentialSource;
  readonly timeouts: Timeouts;
  readonly insecure: ReadonlySet<string>;
  /** Requests to one host at once. */
  readonly concurrency: number;
  readonly retries: RetryPolicy;
  readonly uploads: UploadSizes;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface ApiRequest extends Omit<HttpRequest, "url" | "signal"> {
  /** Below `/v2/`, or a URL that the registry gave. */
  readonly target: string | URL;
  readonly scope: Scope;
  /** Statuses that are an answer; any other throws StatusError. */
  readonly accept: readonly number[];
}

export type Read<T> = (response: HttpResponse, url: URL) => Promise<T> | T;

const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const LARGEST_ERROR = 64 * 1024;

/** HTTP with one registry: whom it knows, how much it bears, where it sends on. */
export class RegistryHttp {
  /** As images name it. */
  readonly host: string;
  readonly #context: HttpContext;
  readonly #authenticator: Authenticator;
  readonly #gate: Gate;
  #base: Promise<URL> | undefined;

  constructor(host: string, context: HttpContext) {
    this.host = host;
    this.#context = context;
    this.#authenticator = new Authenticator(host, context.transport, context.credentials);
    this.#gate = new Gate(context.concurrency);
  }

  /** Whether there are credentials for a repository. */
  isKnown(repository: string): Promise<boolean> {
    return this.#authenticator.isKnown(repository);
  }

  /** Asks until there is an answer; `read` takes it, and is called again where it breaks. */
  async ask<T>(request: ApiRequest, read: Read<T>): Promise<T> {
    return this.retrying(() => this.once(request, read));
  }

  retrying<T>(work: (progressed: () => void) => Promise<T>): Promise<T> {
    return retrying({ ...this.#context, host: this.host, gate: this.#gate }, work);
  }

  /** One try. Bodies that are streams can be sent only once, so where they are refused for want of a token it fails. */
  async once<T>(request: ApiRequest, read: Read<T>): Promise<T> {
    const leave = await this.#gate.enter(this.#context.signal);
    try {
      const { response, url } = await this.#answered(request);
      if (!request.accept.includes(response.status)) {
        throw new StatusError(response.status, url, response, await errorText(response));
      }
      try {
        return await read(response, url);
      } finally {
        await response.dump();
      }
    } finally {
      leave();
    }
  }

  /** The URL that the registry gave with an answer from `url`. */
  resolve(location: string, url: URL): URL {
    const resolved = new URL(location, url);
    // A registry behind a proxy that ends TLS often does not know of it.
    if (resolved.host === url.host) resolved.protocol = url.protocol;
    checkDetour(url, resolved);
    return resolved;
  }

  async #answered(request: ApiRequest): Promise<{ response: HttpResponse; url: URL }> {
    const base = await this.#origin();
    let url = typeof request.target === "string" ? new URL(request.target, base) : request.target;
    for (let redirects = 0; ; redirects++) {
      const response = await this.#authorized(request, url, base);
      const location = response.header("location");
      const isRedirect = REDIRECTS.has(response.status) && (request.method === "GET" || request.method === "HEAD");
      if (!isRedirect || location === undefined || request.accept.includes(response.status)) return { response, url };
      if (redirects === MOST_REDIRECTS) throw new StatusError(response.status, url, response, "too many redirects");
      await response.dump();
      url = this.resolve(location, url);
    }
  }

  /** Credentials are for the registry itself, never for a server that it sends on to. */
  async #authorized(request: ApiRequest, url: URL, base: URL): Promise<HttpResponse> {
    const { signal } = this.#context;
    if (url.origin !== base.origin) return this.#send(request, url);
    const authorization = await this.#authenticator.authorization(request.scope, signal);
    const response = await this.#send(request, url, authorization);
    if (response.status !== 401) return response;
    await response.dump();
    const renewed = await this.#authenticator.answer(response, url, request.scope, authorization, signal);
    const isStream = request.body !== undefined && !(request.body instanceof Uint8Array);
    return isStream ? response : this.#send(request, url, renewed);
  }

  #send(request: ApiRequest, url: URL, authorization?: string): Promise<HttpResponse> {
    const { transport, signal } = this.#context;
    const headers = { ...request.headers, ...defined({ authorization }) };
    return transport.send({ ...request, url, headers, ...defined({ signal }) });
  }

  #origin(): Promise<URL> {
    this.#base ??= this.#findOrigin().catch((error: unknown) => {
      this.#base = undefined;
      throw error;
    });
    return this.#base;
  }

  /** TLS, except with this machine and hosts for which it was waived, where they do not speak it. */
  async #findOrigin(): Promise<URL> {
    const host = servedBy(this.host);
    const secure = new URL(`https://${host}`);
    if (!isLoopback(host) && !this.#context.insecure.has(this.host)) return secure;
    try {
      const ping = { method: "GET", target: "/v2/", scope: "", accept: [] } as const;
      await (await this.#send(ping, new URL(ping.target, secure))).dump();
      return secure;
    } catch (error) {
      if (!speaksNoTls(error)) throw error;
      return new URL(`http://${host}`);
    }
  }
}

function speaksNoTls(error: unknown): boolean {
  const code = systemErrorCode(error) ?? "";
  // Who answers with an alert speaks it, as does who closes a connection that was made (UND_ERR_SOCKET).
  if (code.includes("_ALERT_")) return false;
  return code.startsWith("ERR_SSL") || code === "EPROTO" || code === "ECONNRESET";
}

/** What a failed request says; what cannot be read says nothing. */
async function errorText(response: HttpResponse): Promise<string> {
  return (await response.bytes(LARGEST_ERROR).catch(() => "")).toString();
}
