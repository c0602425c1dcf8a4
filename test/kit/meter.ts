import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";

/**
 * Stands in front of a server, passes everything on as it is, and counts. What a client that was killed had handed to the
 * system still arrives, as on a line.
 */
export class Meter {
  /** Bytes from clients to the server. */
  sent = 0;
  /** Bytes from the server to clients. */
  received = 0;
  readonly #server: Server;
  readonly #open = new Set<Promise<unknown>>();

  private constructor(port: number, bytesPerSecond: number) {
    this.#server = createServer((client) => {
      const upstream = connect(port, "127.0.0.1");
      for (const socket of [client, upstream]) socket.on("error", () => undefined);
      passing(client, upstream, Number.POSITIVE_INFINITY, (bytes) => (this.sent += bytes));
      passing(upstream, client, bytesPerSecond, (bytes) => (this.received += bytes));
      const isOver = once(upstream, "close").finally(() => this.#open.delete(isOver));
      this.#open.add(isOver);
    });
  }

  /** `bytesPerSecond` is how fast the server's answers pass on one connection, so that little of them waits on the way. */
  static async before(host: string, bytesPerSecond = Number.POSITIVE_INFINITY): Promise<Meter> {
    const meter = new Meter(Number(host.split(":")[1]), bytesPerSecond);
    await once(meter.#server.listen(0, "127.0.0.1"), "listening");
    return meter;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Until every connection is closed, on both sides. */
  async isQuiet(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  async close(): Promise<void> {
    await this.isQuiet();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function passing(from: Socket, to: Socket, bytesPerSecond: number, count: (bytes: number) => void): void {
  from.on("data", (chunk) => {
    // Nobody is there to take it.
    if (to.destroyed) return;
    count(chunk.length);
    const isFull = !to.write(chunk);
    const pause = (chunk.length / bytesPerSecond) * 1000;
    if (isFull || pause > 0) from.pause();
    if (!isFull && pause > 0) setTimeout(() => from.resume(), pause);
  });
  to.on("drain", () => from.resume());
  to.on("close", () => from.resume());
  // What came before that is still passed on.
  from.on("close", () => to.end());
}
