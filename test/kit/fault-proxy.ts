import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as send,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { KeyPair } from "../../rehearsal/control-plane/pki.ts";

/** What went through a proxy. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** From 1 on, of requests with the same method and path. */
  readonly count: number;
}

/** What becomes of one request. */
export type Fault =
  /** Answered by the proxy; the registry never sees it. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The connection breaks after so many bytes of the answer's body. */
  | { readonly kind: "cut"; readonly after: number }
  /** The answer's body ends after so many bytes as if that were all. */
  | { readonly kind: "short"; readonly after: number }
  /** The bit of this byte of the answer's body is flipped. */
  | { readonly kind: "flip"; readonly at: number }
  /** After so many bytes one byte at a time comes, with so many milliseconds in between. */
  | { readonly kind: "drip"; readonly after: number; readonly every: number }
  /** So many bytes of the answer's body pass in a second, so that none wait on the way. */
  | { readonly kind: "slow"; readonly bytesPerSecond: number }
  /** The registry is asked for everything, whatever range was wanted. */
  | { readonly kind: "ignoreRange" }
  /** The answer's head tells another range. */
  | { readonly kind: "wrongRange"; readonly contentRange: string }
  /** The registry gets the request; its answer is lost. */
  | { readonly kind: "loseAnswer" }
  /** The registry gets so many bytes of the request's body, then the connection breaks. */
  | { readonly kind: "cutRequest"; readonly after: number };

export type Rule = (request: SeenRequest) => Fault | undefined;

/** Stands in front of a registry and does to its traffic what networks, proxies and storage servers do. */
export class FaultProxy {
  readonly seen: SeenRequest[] = [];
  /** Bytes of answers' bodies that went through. */
  bodyBytes = 0;
  #rule: Rule = () => undefined;
  readonly #server: Server;
  readonly #upstream: URL;

  private constructor(upstream: string, tls?: KeyPair) {
    this.#upstream = new URL(upstream);
    const pass = (request: IncomingMessage, response: ServerResponse) => this.#pass(request, response);
    this.#server = tls ? createSecureServer({ cert: tls.certificate, key: tls.key }, pass) : createServer(pass);
  }

  /** With a certificate it speaks TLS. */
  static async before(upstream: string, tls?: KeyPair): Promise<FaultProxy> {
    const proxy = new FaultProxy(upstream, tls);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get origin(): string {
    return `http://${this.host}`;
  }

  /** From now on; what went through before is forgotten. */
  use(rule: Rule): void {
    this.#rule = rule;
    this.seen.length = 0;
    this.bodyBytes = 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const { method = "GET", url: path = "/", headers } = request;
    const count = this.seen.filter((one) => one.method === method && one.path === path).length + 1;
    const seen = { method, path, headers, count };
    this.seen.push(seen);
    const fault = this.#rule(seen);
    if (fault?.kind === "answer") {
      request.resume();
      response.writeHead(fault.status, fault.headers).end(fault.body ?? "");
      return;
    }
    const { range: _range, ...withoutRange } = headers;
    const upstream = send(new URL(path, this.#upstream), {
      method,
      headers: {
        ...(fault?.kind === "ignoreRange" ? withoutRange : headers),
        // So that the places it names are the proxy's.
        host: this.host,
      },
    });
    upstream.on("error", () => response.destroy());
    upstream.on("response", (answer) => this.#answer(answer, response, fault));
    // Who went away gets no more, and costs no more.
    response.on("close", () => upstream.destroy());
    if (fault?.kind === "cutRequest") cutRequest(request, upstream, fault.after);
    else request.pipe(upstream);
  }

  #answer(answer: IncomingMessage, response: ServerResponse, fault: Fault | undefined): void {
    if (fault?.kind === "loseAnswer") {
      response.destroy();
      answer.resume();
      return;
    }
    const { "content-length": length, ...rest } = answer.headers;
    const headers = {
      ...rest,
      ...(fault?.kind !== "short" && length !== undefined && { "content-length": length }),
      ...(fault?.kind === "wrongRange" && { "content-range": fault.contentRange }),
    };
    response.writeHead(answer.statusCode ?? 502, headers);
    let position = 0;
    answer.on("data", (chunk: Buffer) => {
      const from = position;
      position += chunk.length;
      this.bodyBytes += chunk.length;
      if (fault?.kind === "flip" && fault.at >= from && fault.at < position) {
        const flipped = Buffer.from(chunk);
        flipped[fault.at - from] = (flipped[fault.at - from] ?? 0) ^ 1;
        response.write(flipped);
      } else if (
        (fault?.kind === "cut" || fault?.kind === "short" || fault?.kind === "drip") &&
        position > fault.after
      ) {
        response.write(chunk.subarray(0, Math.max(0, fault.after - from)));
        answer.destroy();
        if (fault.kind === "short") response.end();
        else if (fault.kind === "cut") setImmediate(() => response.destroy());
        else drip(response, fault.every);
      } else response.write(chunk);
      if (fault?.kind !== "slow") return;
      answer.pause();
      setTimeout(() => answer.resume(), (chunk.length / fault.bytesPerSecond) * 1000);
    });
    answer.on("end", () => response.end());
  }
}

function cutRequest(request: IncomingMessage, upstream: ReturnType<typeof send>, after: number): void {
  let position = 0;
  request.on("data", (chunk: Buffer) => {
    position += chunk.length;
    if (position <= after) return void upstream.write(chunk);
    upstream.write(chunk.subarray(0, chunk.length - (position - after)));
    // Time for the registry to store what it has.
    setTimeout(() => {
      upstream.destroy();
      request.destroy();
    }, 100);
    request.pause();
  });
  request.on("end", () => upstream.end());
}

function drip(response: ServerResponse, every: number): void {
  const timer = setInterval(() => response.write("."), every);
  response.on("close", () => clearInterval(timer));
}
