import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { json } from "node:stream/consumers";
import { createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import type { Authority } from "../control-plane/pki.ts";
import { describeAggregatedApi } from "./aggregated-api.ts";
import { type Backends, serviceOfName } from "./backends.ts";

/** One call of the API server to a webhook. */
export interface WebhookCall {
  /** `namespace/name` */
  readonly service: string;
  readonly path: string;
  /** An AdmissionReview or ConversionReview with a request. */
  readonly review: unknown;
}

export interface WebhookServerOptions {
  /** Path of the Unix socket that the API server's egress selector names. */
  readonly socket: string;
  /** Signs the certificate of every Service. */
  readonly authority: Authority;
  readonly backends: Backends;
  /** The review with its response. */
  readonly answer: (call: WebhookCall) => unknown;
  readonly log: (line: string) => void;
}

/** What the command itself serves to the API server. */
const LOOPBACK = /^127\.0\.0\.1:(\d+)$/;

/**
 * A CONNECT proxy behind which every Service of the cluster is answered here, over TLS under its own DNS name. While a
 * Service has no ready endpoint connections are refused and those that are open are cut.
 */
export async function serveWebhooks(options: WebhookServerOptions): Promise<{ close(): void }> {
  const contexts = new Map<string, Promise<SecureContext>>();
  const contextOf = (host: string): Promise<SecureContext> => {
    const known = contexts.get(host) ?? issueContext(options.authority, host);
    contexts.set(host, known);
    return known;
  };

  const services = createHttpsServer(
    {
      // The API server keeps its connections and closes them itself.
      keepAliveTimeout: 0,
      SNICallback: (host, done) => {
        contextOf(host).then(
          (context) => done(null, context),
          (error: unknown) => done(error as Error),
        );
      },
    },
    (request, response) => void respond(options, request, response),
  );

  const proxy = createHttpServer();
  proxy.on("connect", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const local = LOOPBACK.exec(request.url ?? "")?.[1];
    if (local !== undefined) return passOn(socket, head, Number(local));
    const host = (request.url ?? "").replace(/:\d+$/, "");
    const service = options.backends.serviceAt(host);
    if (service === undefined || !options.backends.answers(service)) {
      socket.end("HTTP/1.1 503 no ready endpoint\r\n\r\n");
      return;
    }
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) socket.unshift(head);
    services.emit("connection", socket);
  });

  await new Promise<void>((resolve, reject) => {
    proxy.once("error", reject);
    proxy.listen(options.socket, resolve);
  });
  return {
    close() {
      proxy.close();
      services.closeAllConnections();
    },
  };
}

function passOn(socket: Duplex, head: Buffer, port: number): void {
  const target = connect(port, "127.0.0.1", () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    target.write(head);
    target.pipe(socket).pipe(target);
  });
  target.on("error", () => socket.destroy());
  socket.on("close", () => target.destroy());
}

async function respond(
  options: WebhookServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const service = serviceOfName(String((request.socket as TLSSocket).servername));
    if (service === undefined || !options.backends.answers(service)) {
      request.socket.destroy();
      return;
    }
    const { pathname } = new URL(request.url ?? "/", "https://webhook");
    if (request.method === "GET") {
      const description = describeAggregatedApi(pathname);
      response.writeHead(description === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(description));
      return;
    }
    const review = options.answer({ service, path: pathname, review: await json(request) });
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(review));
  } catch (error) {
    options.log(`webhooks: ${error instanceof Error ? error.message : String(error)}`);
    response.writeHead(500);
    response.end();
  }
}

async function issueContext(authority: Authority, host: string): Promise<SecureContext> {
  const { certificate, key } = await authority.issue({ commonName: host.slice(0, 64), dnsNames: [host] });
  return createSecureContext({ cert: certificate, key });
}
