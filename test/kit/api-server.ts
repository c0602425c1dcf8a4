import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** `status` defaults to 200; `lines` is a stream that stays open, `drop` cuts the connection. */
export interface Answer {
  readonly status?: number;
  readonly body?: object;
  readonly headers?: Record<string, string>;
  readonly lines?: readonly object[];
  readonly drop?: boolean;
}

export interface ApiServer {
  readonly kubeconfig: string;
  readonly exchanges: Exchange[];
  close(): Promise<void>;
}

const CORE = {
  resources: [
    { name: "secrets", kind: "Secret", namespaced: true },
    { name: "configmaps", kind: "ConfigMap", namespaced: true },
    { name: "configmaps/status", kind: "ConfigMap", namespaced: true },
    { name: "namespaces", kind: "Namespace", namespaced: false },
    { name: "services", kind: "Service", namespaced: true },
  ],
};

/** An API server of a few lines for what a real one does rarely; what `answer` leaves open is discovery or empty. */
export async function serveApi(answer: (exchange: Exchange) => Answer | undefined): Promise<ApiServer> {
  const exchanges: Exchange[] = [];
  const server = createServer((request, response) => {
    void respond(request, response, exchanges, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const cluster = { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
  const kubeconfig = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "c",
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
  });
  return {
    kubeconfig,
    exchanges,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  exchanges: Exchange[],
  answer: (exchange: Exchange) => Answer | undefined,
): Promise<void> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
  const body: unknown = text === "" ? undefined : JSON.parse(text);
  const exchange = { method: request.method ?? "", path: pathname, query: searchParams, body };
  exchanges.push(exchange);
  const { status = 200, body: content = {}, headers = {}, lines, drop } = answer(exchange) ?? standard(exchange);
  if (drop === true) {
    request.socket.destroy();
    return;
  }
  response.writeHead(status, { "content-type": "application/json", ...headers });
  if (lines === undefined) response.end(JSON.stringify(content));
  else for (const line of lines) response.write(`${JSON.stringify(line)}\n`);
}

function standard({ path, query }: Exchange): Answer {
  if (path === "/api/v1") return { body: CORE };
  if (query.has("watch")) return { lines: [] };
  if (/^\/api\/v1\/\w+$/.test(path)) return { body: { items: [], metadata: { resourceVersion: "1" } } };
  return { status: 404, body: { message: `${path} not found`, reason: "NotFound" } };
}
