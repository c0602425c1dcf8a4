import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Registries } from "../../../components/mirror/registry/index.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const IMAGES = Array.from({ length: 40 }, (_, index) => `image${index}`);

let server: Server;
let registries: Registries;
/** Connections on which something was asked in plain HTTP: the first one of a run tries TLS. */
let asked: Set<Socket>;
/** What a registry sends after the head of an answer to HEAD, which should be nothing. */
let stray: string;
/** Milliseconds after the head. */
let straysAfter: number;

beforeEach(async () => {
  asked = new Set();
  stray = "";
  straysAfter = 0;
  server = createServer((socket) => socket.on("error", () => undefined).on("data", (data) => answer(socket, data)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  registries = new Registries({ env: {}, concurrency: 4, retries: { attempts: 100, base: 1, cap: 1 } });
});
afterEach(async () => {
  await registries.close();
  server.close();
});

function answer(socket: Socket, data: Buffer): void {
  const path = /^HEAD (\S+) HTTP/.exec(data.toString("latin1"))?.[1];
  if (path === undefined) return void socket.destroy();
  asked.add(socket);
  const isThere = Number(/image(\d+)/.exec(path)?.[1]) % 2 === 0;
  const status = isThere ? `200 OK\r\ndocker-content-digest: ${DIGEST}` : "404 Not Found";
  const head = `HTTP/1.1 ${status}\r\ncontent-length: 100\r\n\r\n`;
  if (straysAfter === 0) return void socket.write(head + stray);
  socket.write(head);
  setTimeout(() => socket.writable && socket.write(stray), straysAfter);
}

async function heads(): Promise<readonly (string | undefined)[]> {
  const registry = registries.of(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  return Promise.all(IMAGES.map((image) => registry.head(image, "v1")));
}

const EXPECTED = IMAGES.map((_, index) => (index % 2 === 0 ? DIGEST : undefined));

describe("what a registry has", () => {
  it("is asked on as many connections as there may be requests at once, each of which is a handshake", async () => {
    expect(await heads()).toEqual(EXPECTED);
    expect(asked.size).toBeLessThanOrEqual(4);
  });

  it.each([0, 3])("is found out as well where %i ms later comes a body that no HEAD has", async (milliseconds) => {
    stray = "x".repeat(100);
    straysAfter = milliseconds;
    expect(await heads()).toEqual(EXPECTED);
  });
});
