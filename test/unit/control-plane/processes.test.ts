import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { end, identify, isAlive, sendSignal } from "../../../rehearsal/control-plane/identity.ts";
import { lastLines } from "../../../rehearsal/control-plane/logs.ts";
import { isInside, sockets } from "../../../rehearsal/control-plane/outside-connections.ts";

describe("the identity of a process", () => {
  it("holds while it runs", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const exited = once(child, "exit");
    const identity = await identify(child.pid ?? 0);
    if (identity === undefined) throw new Error("the child is not running");
    expect(await isAlive(identity)).toBe(true);
    expect(await isAlive({ ...identity, started: "another time" })).toBe(false);
    await end({ ...identity, started: "another time" });
    expect(child.signalCode).toBeNull();
    await end(identity);
    expect(await exited).toEqual([null, "SIGKILL"]);
    expect(await isAlive(identity)).toBe(false);
    expect(() => sendSignal(identity.pid, "SIGTERM")).not.toThrow();
  });

  it("is none for a pid nobody has", async () => {
    expect(await identify(2 ** 22 + 1)).toBeUndefined();
  });
});

describe("the end of a log", () => {
  it("is its last lines, cut where they are very long", async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "log-"));
    const file = path.join(directory, "x.log");
    await writeFile(file, `${"first\n".repeat(5000)}\nsecond last\n${"x".repeat(500)}\n`);
    expect(await lastLines(file, 2)).toEqual(["second last", `${"x".repeat(400)} ...`]);
    expect(await lastLines(path.join(directory, "none.log"), 2)).toEqual([]);
    await rm(directory, { recursive: true });
  });
});

describe("sockets", () => {
  // The columns of proc(5); addresses are 32-bit words, low byte first.
  const row = (local: string, remote: string): string =>
    ` 0: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000  0 0 4711 1 0 20 4 30 10 -1`;
  const only = (local: string, remote: string) => sockets(`header\n${row(local, remote)}\n`)[0];

  it("are read with their owner's mark", () => {
    expect(only("0100007F:1F90", "08080808:01BB")).toEqual({
      local: "127.0.0.1:8080",
      remote: "8.8.8.8:443",
      inode: "4711",
    });
  });

  it.each([
    ["0100007F:1F90", "127.0.0.1:8080", true],
    ["00000000:0000", "0.0.0.0:0", true],
    ["00000000:1F90", "0.0.0.0:8080", false],
    ["0A00000A:0050", "10.0.0.10:80", false],
    ["00000000000000000000000001000000:0050", "[::1]:80", true],
    ["00000000000000000000000000000000:0000", "[::]:0", true],
    ["00000000000000000000000000000000:0050", "[::]:80", false],
    ["0000000000000000FFFF00000100007F:0050", "[::ffff:127.0.0.1]:80", true],
    ["0000000000000000FFFF000008080808:0050", "[::ffff:8.8.8.8]:80", false],
    ["B80D01200000000067452301EFCDAB89:0050", "[2001:db8:0:0:123:4567:89ab:cdef]:80", false],
  ])("%s is %s, inside: %s", (text, expected, inside) => {
    const address = only("0100007F:0001", text)?.remote;
    expect(address).toBe(expected);
    expect(isInside(expected)).toBe(inside);
  });
});
