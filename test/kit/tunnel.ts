import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** A proxy of HTTP that opens tunnels, all of them to one place, whichever was asked for. */
export interface Tunnel {
  /** `127.0.0.1:3128` */
  readonly host: string;
  /** What it was asked to reach, and the credentials that were shown to it. */
  readonly asked: readonly { readonly target: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

/** Opens one that leads to a port of this machine. */
export async function openTunnel(port: number): Promise<Tunnel> {
  const asked: Tunnel["asked"][number][] = [];
  const open = new Set<Duplex>();
  const server = createServer();
  server.on("connect", (request: IncomingMessage, client: Socket, head: Buffer) => {
    asked.push({ target: request.url ?? "", authorization: request.headers["proxy-authorization"] });
    const upstream = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => [client, upstream].forEach((one) => one.destroy()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
