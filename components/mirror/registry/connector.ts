import type { OnReadOpts, Socket } from "node:net";
import buildConnector from "undici/lib/core/connect.js";

/** Bytes that are read from a connection at once. */
const READ_AT_ONCE = 1024 * 1024;

/**
 * Connections that read into buffers of their own, again and again. Node.js makes a new one for every 64 KiB otherwise, and
 * what comes so fast is hundreds of megabytes before it is collected. A chunk holds until whoever gets it returns.
 */
export function reusingConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  return (target, callback) => {
    const buffers = new ReceiveBuffers();
    buildConnector({ ...options, onread: buffers })(target, (...result) => {
      const [, socket] = result;
      if (socket) buffers.socket = socket;
      callback(...result);
    });
  };
}

/** Two buffers that take turns, for what was read last is looked at only after the place of the next bytes is known. */
class ReceiveBuffers implements OnReadOpts {
  socket: Socket | undefined;
  #spare: Buffer<ArrayBuffer> | undefined;
  #next = Buffer.allocUnsafeSlow(READ_AT_ONCE);

  readonly buffer = (): Buffer => this.#next;

  readonly callback = (length: number): boolean => {
    const read = this.#next;
    // Bytes that still wait from before stand in the other one, which is theirs then.
    const isSpareFree = this.socket?.readableLength === 0;
    this.#next = (isSpareFree ? this.#spare : undefined) ?? Buffer.allocUnsafeSlow(READ_AT_ONCE);
    this.#spare = read;
    return this.socket?.push(read.subarray(0, length)) ?? false;
  };
}
