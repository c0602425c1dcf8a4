import { readdir, readFile, readlink } from "node:fs/promises";
import { directoryOf, readRecord } from "./directory.ts";

/** Kernel tables of sockets: the columns are the same in all. */
const TABLES = ["tcp", "tcp6", "udp", "udp6"] as const;

/**
 * Addresses outside the loopback interface that sockets of a control plane's processes are bound or connected to, as
 * `component protocol local -> remote`. Empty is what it has to be. Linux only: throws elsewhere.
 */
export async function outsideConnections(name: string): Promise<string[]> {
  if (process.platform !== "linux") throw new Error("sockets of other processes can be read on Linux only");
  const record = await readRecord(directoryOf(name));
  if (record === undefined) throw new Error(`there is no control plane ${name}`);
  const processes = [{ component: "keeper", pid: record.keeper.pid }, ...record.components];
  const owners = new Map<string, string>();
  for (const { component, pid } of processes) {
    for (const inode of await socketInodes(pid)) owners.set(inode, component);
  }
  const found: string[] = [];
  for (const table of TABLES) {
    for (const { local, remote, inode } of sockets(await readFile(`/proc/${record.keeper.pid}/net/${table}`, "utf8"))) {
      const owner = owners.get(inode);
      if (owner !== undefined && !(isInside(local) && isInside(remote))) {
        found.push(`${owner} ${table} ${local} -> ${remote}`);
      }
    }
  }
  return found;
}

async function socketInodes(pid: number): Promise<string[]> {
  const inodes: string[] = [];
  for (const descriptor of await readdir(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
    const match = /^socket:\[(\d+)\]$/.exec(target);
    if (match?.[1] !== undefined) inodes.push(match[1]);
  }
  return inodes;
}

/** The rows of /proc/net/tcp and its like (proc(5)). */
export function sockets(table: string): { local: string; remote: string; inode: string }[] {
  return table
    .trim()
    .split("\n")
    .slice(1)
    .map((row) => {
      const [, local = "", remote = "", , , , , , , inode = ""] = row.trim().split(/\s+/);
      return { local: address(local), remote: address(remote), inode };
    });
}

/** Loopback, or the remote end of a socket that is not connected: no address and no port. */
export function isInside(address: string): boolean {
  return /^127\.|^\[::1\]|^\[::ffff:127\.|^0\.0\.0\.0:0$|^\[::\]:0$/.test(address);
}

/** `0100007F:1F90` is 127.0.0.1:8080: 32-bit words in the machine's order, which is little-endian on all we run on. */
function address(text: string): string {
  const [host = "", port = "0"] = text.split(":");
  const bytes = (host.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, "hex")].reverse());
  return `${bytes.length === 4 ? bytes.join(".") : `[${ipv6(bytes)}]`}:${parseInt(port, 16)}`;
}

function ipv6(bytes: readonly number[]): string {
  const isMapped = bytes.slice(0, 12).every((byte, index) => byte === (index < 10 ? 0 : 255));
  if (isMapped) return `::ffff:${bytes.slice(12).join(".")}`;
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  if (groups.every((group) => group === "0")) return "::";
  if (groups.slice(0, 7).every((group) => group === "0") && groups[7] === "1") return "::1";
  return groups.join(":");
}
