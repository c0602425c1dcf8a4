import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Access } from "../../../components/cluster/contract.ts";
import { reach } from "../../../components/cluster/reachability.ts";

const network = { cidr: "10.0.0.0/16", pods: "10.4.0.0/14", services: "10.8.0.0/16" };
const to = (access: Access) => ({ access, network });
let server: Server;
let open: URL;
let closed: URL;

beforeAll(async () => {
  server = createServer((socket) => socket.destroy());
  const other = createServer();
  const [first, second] = await Promise.all([listening(server), listening(other)]);
  open = first;
  closed = second;
  await new Promise((resolve) => other.close(resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function listening(one: Server): Promise<URL> {
  await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
  return new URL(`https://127.0.0.1:${(one.address() as AddressInfo).port}`);
}

describe("the API server of a new cluster", () => {
  it("is taken where a connection comes about, and where it is only simulated", async () => {
    await expect(reach(open, to({ kind: "private" }), [])).resolves.toBeUndefined();
    await expect(reach(new URL("https://a.invalid"), to({ kind: "private" }), [])).resolves.toBeUndefined();
  });

  it("is out of reach where none does, however often it is tried, with the reason and what helps", async () => {
    await expect(reach(closed, to({ kind: "private" }), [1, 1])).rejects.toThrow(
      /cannot be reached from here \(connect ECONNREFUSED [\d.:]+\): it has no public address, only one in 10\.0\.0\.0\/16\n.*Next: run from there/,
    );
    await expect(reach(closed, to({ kind: "cidrs", cidrs: ["203.0.113.0/24"] }), [])).rejects.toThrow(
      "it lets in 203.0.113.0/24",
    );
  });
});
