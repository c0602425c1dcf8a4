import type { OnReadOpts, Socket } from "node:net";
import buildConnector from "undici/lib/core/connect.js";

/** Bytes that are read from a connection at once. */
const READ_AT_ONCE = 1024 * 1024;

/**
 * Connections that read into buffers which are used again and again, by the next connection after them. Node.js makes a new
 * one for every 64 KiB otherwise, and what comes so fast is hundreds of megabytes before it is collected. A chunk holds until
 * whoever gets it returns.
 */
export function reusingConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const free: Buffer[] = [];
  return (target, callback) => {
    const buffers = new ReceiveBuffers(free);
    buildConnector({ ...options, onread: buffers })(target, (...result) => {
      const [, socket] = result;
      if (socket) buffers.serve(socket);
      callback(...result);
    });
  };
}

/** Two buffers that take turns, for what was read last is looked at only after the place of the next bytes is known. */
class ReceiveBuffers implements OnReadOpts {
  readonly #free: Buffer[];
  #socket: Socket | undefined;
  #spare: Buffer | undefined;
  #next: Buffer | undefined;

  constructor(free: Buffer[]) {
    this.#free = free;
  }

  serve(socket: Socket): void {
    this.#socket = socket;
    socket.once("close", () => {
      if (socket.readableLength === 0) this.#free.push(...[this.#spare, this.#next].filter((one) => one !== undefined));
    });
  }

  readonly buffer = (): Buffer => (this.#next ??= this.#free.pop() ?? Buffer.allocUnsafeSlow(READ_AT_ONCE));

  readonly callback = (length: number): boolean => {
    const read = this.buffer();
    // Bytes that still wait from before stand in the other one, which is theirs then.
    this.#next = this.#socket?.readableLength === 0 ? this.#spare : undefined;
    this.#spare = read;
    return this.#socket?.push(read.subarray(0, length)) ?? false;
  };
}
