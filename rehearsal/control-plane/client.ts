import { createInterface } from "node:readline";
import { Agent, type Dispatcher } from "undici";
import { type Access, readAccess } from "./kubeconfig.ts";

/** An answer of the API server that is not a success. */
export class ApiError extends Error {
  /** HTTP status. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

export type PatchKind = "merge-patch" | "json-patch" | "apply-patch";

interface RequestOptions {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
}

/**
 * A client for one API server that keeps its connections.
 *
 * Paths are those of the API, with their query (`/api/v1/namespaces/kubeflow/secrets/x?fieldManager=y`). The generated
 * client of @kubernetes/client-node opens a new TLS connection for every request, which is most of a request's cost
 * here, and has neither status sub-resources for arbitrary kinds nor metadata-only watches.
 */
export class Client {
  readonly #origin: string;
  readonly #agent: Agent;
  readonly #watches: Agent;

  constructor(access: Access) {
    const connect = { ca: access.authority, cert: access.certificate, key: access.key };
    this.#origin = access.server;
    this.#agent = new Agent({ connect, connections: 8 });
    // A watch holds its connection for as long as it lasts and may be silent for minutes.
    this.#watches = new Agent({ connect, bodyTimeout: 0 });
  }

  static async open(kubeconfig: string): Promise<Client> {
    return new Client(await readAccess(kubeconfig));
  }

  /** The object, or undefined where there is none. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.#request<T>("GET", path, {});
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** The object or list. Throws ApiError where there is none. */
  read<T>(path: string, accept?: string): Promise<T> {
    return this.#request("GET", path, accept === undefined ? {} : { accept });
  }

  create<T>(path: string, body: unknown): Promise<T> {
    return this.#request("POST", path, { body });
  }

  patch<T>(path: string, kind: PatchKind, body: unknown): Promise<T> {
    // JSON is YAML, and the only form in which an apply patch is accepted everywhere is named so.
    const format = kind === "apply-patch" ? "yaml" : "json";
    return this.#request("PATCH", path, { body, contentType: `application/${kind}+${format}` });
  }

  /** Deletes; what is gone already is no error. */
  async remove(path: string): Promise<void> {
    try {
      await this.#request("DELETE", path, {});
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  }

  /** The text of a path that does not speak JSON, such as `/readyz`. Throws ApiError unless it is a success. */
  async text(path: string): Promise<string> {
    return (await this.#send(this.#agent, "GET", path, {})).body.text();
  }

  /** The lines of a watch, until the server ends it. Throws when the connection breaks or `signal` is aborted. */
  async *watch(path: string, accept: string, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
    const { body } = await this.#send(this.#watches, "GET", path, { accept }, signal);
    const lines = createInterface({ input: body });
    // Errors reach whoever reads; one that comes when nobody does any more is nobody's.
    lines.on("error", () => undefined);
    try {
      yield* lines;
    } finally {
      body.destroy();
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent.destroy(), this.#watches.destroy()]);
  }

  async #request<T>(method: Dispatcher.HttpMethod, path: string, options: RequestOptions): Promise<T> {
    return (await (await this.#send(this.#agent, method, path, options)).body.json()) as T;
  }

  async #send(
    agent: Agent,
    method: Dispatcher.HttpMethod,
    path: string,
    options: RequestOptions,
    signal?: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const response = await agent.request({
      origin: this.#origin,
      path,
      method,
      headers: {
        accept: options.accept ?? "application/json",
        ...(options.body === undefined ? {} : { "content-type": options.contentType ?? "application/json" }),
      },
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: signal ?? null,
    });
    if (response.statusCode < 300) return response;
    const text = await response.body.text();
    throw new ApiError(response.statusCode, `${method} ${path}: ${response.statusCode} ${messageOf(text)}`);
  }
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" ? message : text;
  } catch {
    return text;
  }
}
