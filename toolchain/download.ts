import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { type Dispatcher, EnvHttpProxyAgent, fetch } from "undici";
import type { Context } from "./source.ts";

/** A source that cannot serve this time: the search goes on with the next one, unlike after a refused checksum. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

/** Downloads over HTTP(S), through the proxy of the environment. A host that cannot be reached is asked only once. */
export class Downloader {
  readonly #context: Context;
  readonly #dispatcher: Dispatcher;
  readonly #unreachable = new Map<string, string>();

  constructor(context: Context) {
    const proxy = (name: string) => context.env[name.toLowerCase()] ?? context.env[name] ?? "";
    this.#context = context;
    this.#dispatcher = new EnvHttpProxyAgent({
      httpProxy: proxy("HTTP_PROXY"),
      httpsProxy: proxy("HTTPS_PROXY"),
      noProxy: proxy("NO_PROXY"),
      connect: { timeout: 3_000 },
      headersTimeout: 15_000,
      bodyTimeout: 30_000,
    });
  }

  /** The body of `url`. Throws Unavailable. */
  async text(url: string): Promise<string> {
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of this.#body(url)) text += decoder.decode(chunk, { stream: true });
    return text + decoder.decode();
  }

  /** Streams `url` into `file`; returns the SHA-256 of what was written, in hex. Throws Unavailable. */
  async save(url: string, file: string): Promise<string> {
    const hash = createHash("sha256");
    const body = this.#body(url);
    async function* hashed() {
      for await (const chunk of body) {
        hash.update(chunk);
        yield chunk;
      }
    }
    await pipeline(hashed(), createWriteStream(file));
    return hash.digest("hex");
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  async *#body(url: string): AsyncGenerator<Uint8Array, void> {
    const { origin, host } = new URL(url);
    const before = this.#unreachable.get(origin);
    if (before !== undefined) throw new Unavailable(before);
    const response = await this.#fetch(url).catch((error: unknown) => {
      const reason = `${host} cannot be reached (${causeOf(error)})`;
      this.#unreachable.set(origin, reason);
      throw this.#unavailable(reason, error);
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Unavailable(`${url} answers with HTTP status ${response.status}`);
    }
    try {
      for await (const chunk of response.body) yield chunk as Uint8Array;
    } catch (error) {
      throw this.#unavailable(`the download of ${url} broke off (${causeOf(error)})`, error);
    }
  }

  #fetch(url: string) {
    const { signal } = this.#context;
    return fetch(url, { dispatcher: this.#dispatcher, ...(signal && { signal }) });
  }

  #unavailable(reason: string, cause: unknown): Error {
    this.#context.signal?.throwIfAborted();
    return new Unavailable(reason, { cause });
  }
}

/** fetch says only "fetch failed" or "terminated"; the code of what happened is in its cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}
