import { readFile } from "node:fs/promises";
import type { RequestOptions } from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import { Agent, request as httpRequest } from "undici";
import { systemErrorCode, UserError } from "../../../components/kit/errors.ts";
import { textAt } from "../../../components/kit/objects.ts";
import type { JsonObject } from "../../host/values.ts";

/** A request that the API server answered with an error, or that did not reach it (then `status` is 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(message: string, status: number, reason: string, cause?: unknown) {
    super(message, { cause });
    this.name = "ApiError";
    this.status = status;
    this.reason = reason;
  }
}

export interface ApiRequest {
  readonly method?: "GET" | "PUT" | "PATCH" | "POST" | "DELETE";
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  readonly contentType?: string;
  readonly accept?: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly body: JsonObject;
}

const REQUESTS_AT_ONCE = 16;
const REQUEST_TIMEOUT_MS = 60_000;
const MOST_ATTEMPTS = 10;

/** Words of Go's network errors, which error hooks look for: they must hold for the real provider too. */
const NETWORK_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset by peer",
  UND_ERR_SOCKET: "connection reset by peer",
  ENOTFOUND: "no such host",
  UND_ERR_CONNECT_TIMEOUT: "i/o timeout",
  UND_ERR_HEADERS_TIMEOUT: "i/o timeout",
  UND_ERR_BODY_TIMEOUT: "i/o timeout",
};

/**
 * Talks JSON to one API server. Authentication comes from @kubernetes/client-node's KubeConfig; requests go straight
 * through undici, because the library's object API turns each object into model classes and back, which for
 * CustomResourceDefinitions of a megabyte costs more than the request.
 */
export class ApiClient {
  readonly #server: URL;
  readonly #headers: () => Promise<Record<string, string>>;
  readonly #agent: Agent;
  readonly #watchAgent: Agent;

  private constructor(server: URL, headers: () => Promise<Record<string, string>>, tls: TlsOptions) {
    this.#server = server;
    this.#headers = headers;
    this.#agent = new Agent({ connect: tls, connections: REQUESTS_AT_ONCE, allowH2: false });
    this.#watchAgent = new Agent({ connect: tls, bodyTimeout: 0, allowH2: false });
  }

  /**
   * A client for the kubeconfig, given as content or as the path of a file. Never falls back to the user's own
   * kubeconfig. Throws UserError when it cannot be read or lacks the context.
   */
  static async connect(kubeconfig: string, context?: string): Promise<ApiClient> {
    const config = new KubeConfig();
    const content = kubeconfig.includes("\n") || kubeconfig.startsWith("{") ? kubeconfig : await read(kubeconfig);
    try {
      config.loadFromString(content);
    } catch (error) {
      throw new UserError("the kubeconfig cannot be read: it is not YAML or JSON of the expected shape", {
        next: "check the provider's input `kubeconfig`",
        cause: error,
      });
    }
    if (context !== undefined) config.setCurrentContext(context);
    const server = config.getCurrentCluster()?.server;
    if (server === undefined) {
      const known = config.getContexts().map(({ name }) => name);
      throw new UserError(
        `the kubeconfig has no cluster for the context "${config.getCurrentContext()}" (it has: ${known.join(", ")})`,
        { next: "check the provider's inputs `kubeconfig` and `context`" },
      );
    }
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const headers = async () => {
      const fresh: RequestOptions = {};
      await config.applyToHTTPSOptions(fresh);
      const basic = fresh.auth ? { authorization: `Basic ${Buffer.from(fresh.auth).toString("base64")}` } : {};
      return { ...basic, ...(fresh.headers as Record<string, string> | undefined) };
    };
    const { ca, cert, key, rejectUnauthorized, servername } = options;
    const tls = Object.fromEntries(
      Object.entries({ ca, cert, key, rejectUnauthorized, servername }).filter(([, value]) => value !== undefined),
    );
    return new ApiClient(new URL(server), headers, tls);
  }

  /** Sends a request; busy answers are repeated as the server asks. Throws ApiError on every error answer. */
  async request(path: string, options: ApiRequest = {}): Promise<ApiResponse> {
    for (let attempt = 1; ; attempt++) {
      const { response, headers } = await this.#send(path, options);
      const retryAfter = Number(headers["retry-after"]);
      const busy = response.status === 429 || (response.status >= 500 && retryAfter > 0);
      if (busy && attempt < MOST_ATTEMPTS) {
        await new Promise((resolve) => setTimeout(resolve, (retryAfter || 1) * 1000));
        continue;
      }
      if (response.status >= 300) throw apiError(response);
      return response;
    }
  }

  /** The lines of a streaming answer (a watch), parsed. Ends when the server or the signal ends it. */
  async *stream(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncGenerator<JsonObject> {
    const response = await httpRequest(this.#url(path, query), {
      dispatcher: this.#watchAgent,
      headers: { accept: "application/json", ...(await this.#headers()) },
      signal,
    });
    if (response.statusCode >= 300) {
      throw apiError({ status: response.statusCode, body: (await response.body.json()) as JsonObject });
    }
    response.body.setEncoding("utf8");
    let rest = "";
    for await (const chunk of response.body as AsyncIterable<string>) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield JSON.parse(line) as JsonObject;
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#agent.destroy(), this.#watchAgent.destroy()]);
  }

  async #send(path: string, options: ApiRequest) {
    const { method = "GET", query = {}, body, contentType = "application/json", accept = "application/json" } = options;
    try {
      const {
        statusCode,
        headers,
        body: answer,
      } = await httpRequest(this.#url(path, query), {
        method,
        dispatcher: this.#agent,
        headersTimeout: REQUEST_TIMEOUT_MS,
        headers: { accept, "content-type": contentType, ...(await this.#headers()) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { response: { status: statusCode, body: parse(text) }, headers };
    } catch (error) {
      const code = systemErrorCode(error) ?? "";
      const words = NETWORK_ERRORS[code] ?? (error instanceof Error ? error.message : String(error));
      throw new ApiError(`${method} ${this.#server.origin}${path}: ${words}`, 0, code, error);
    }
  }

  #url(path: string, query: Readonly<Record<string, string>>): URL {
    const url = new URL(this.#server.pathname.replace(/\/$/, "") + path, this.#server);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  }
}

type TlsOptions = Readonly<Record<string, unknown>>;

function apiError({ status, body }: ApiResponse): ApiError {
  return new ApiError(
    textAt(body, "message") || `the API server answered ${status}`,
    status,
    textAt(body, "reason") ?? "",
  );
}

/** Errors of proxies and of the server's outer layers are plain text. */
function parse(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return { message: text.trim() };
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(`the kubeconfig ${file} cannot be read: ${systemErrorCode(error) ?? String(error)}`, {
      next: "check the provider's input `kubeconfig`",
      cause: error,
    });
  }
}
