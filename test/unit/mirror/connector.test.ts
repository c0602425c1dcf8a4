import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TIMEOUTS, Transport } from "../../../components/mirror/registry/transport.ts";
import { noise } from "../../kit/images.ts";

const CONTENT = noise("connector", 1_500_000);
/** How the bytes are cut into packets: so many bytes each, over and over. */
let packets: readonly number[] = [];

const server = createServer((socket) => socket.once("data", () => void answer(socket)));
let transport: Transport;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  transport = new Transport({ insecure: new Set(), connections: 1, timeouts: TIMEOUTS, env: {} });
});

afterAll(async () => {
  await transport.close();
  server.close();
});

/** The head comes together with the first bytes, which wait for whoever reads the head. */
async function answer(socket: Socket): Promise<void> {
  socket.setNoDelay(true);
  const head = `HTTP/1.1 200 OK\r\ncontent-length: ${CONTENT.length}\r\nconnection: close\r\n\r\n`;
  let sent = packets[0] ?? 0;
  socket.write(Buffer.concat([Buffer.from(head), CONTENT.subarray(0, sent)]));
  for (let number = 1; sent < CONTENT.length; number++) {
    const size = packets[number % packets.length] ?? 1;
    if (number < 20) await sleep(1);
    socket.write(CONTENT.subarray(sent, sent + size));
    sent += size;
  }
  socket.end();
}

test("what is received is what was sent, however it comes and however long it has to wait", async () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 5_000, max: 20_000 }), fc.integer({ min: 60_000, max: 400_000 })), {
    minLength: 1,
    maxLength: 6,
  });
  const property = fc.asyncProperty(sizes, fc.array(fc.boolean(), { minLength: 1 }), async (cut, waits) => {
    packets = cut;
    const { port } = server.address() as AddressInfo;
    const response = await transport.send({ method: "GET", url: new URL(`http://127.0.0.1:${port}/`) });
    // Long enough for more to arrive behind the bytes that came with the head.
    await sleep(5);
    const chunks: Buffer[] = [];
    await response.consume((chunk) => {
      chunks.push(Buffer.from(chunk));
      return waits[chunks.length % waits.length] ? sleep(1) : undefined;
    });
    expect(Buffer.concat(chunks).equals(CONTENT)).toBe(true);
  });
  await fc.assert(property, { numRuns: 40 });
});
