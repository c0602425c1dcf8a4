import { BlockList, isIP } from "node:net";
import { MirrorError } from "../errors.ts";

/** Docker Hub answers under another name than the one that images carry. */
const ALIASES: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

const internal = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  internal.addSubnet(network, prefix, "ipv4");
}
internal.addAddress("::1", "ipv6");
internal.addSubnet("fc00::", 7, "ipv6");
internal.addSubnet("fe80::", 10, "ipv6");

/** The host to speak to for the host that an image names. */
export function servedBy(host: string): string {
  return ALIASES[host] ?? host;
}

/** `host` with or without a port. */
export function isLoopback(host: string): boolean {
  const name = nameOf(host);
  return name === "localhost" || isIn(loopback, name);
}

/** An address that only machines of the same network reach. Names are not looked up. */
export function isInternal(host: string): boolean {
  const name = nameOf(host);
  return name === "localhost" || isIn(internal, name);
}

/** Refuses a server that sends the client from TLS to plain HTTP. Throws MirrorError E_REFUSED. */
export function checkDetour(from: URL, to: URL): void {
  if (to.protocol !== "https:" && to.protocol !== "http:") throw refusal(from, to, "which is not HTTP");
  if (from.protocol === "https:" && to.protocol === "http:") throw refusal(from, to, "which has no TLS");
}

/**
 * Refuses a place to sign in at that is reached without TLS, or that is an address of this network while the registry is
 * not: credentials would go there. Throws MirrorError E_REFUSED.
 */
export function checkRealm(registry: URL, realm: URL): void {
  checkDetour(registry, realm);
  if (isInternal(realm.hostname) && !isInternal(registry.hostname)) {
    throw refusal(registry, realm, "which is an address of this network");
  }
}

function refusal(from: URL, to: URL, why: string): MirrorError {
  return new MirrorError("E_REFUSED", `${from.host} sends this client to ${describe(to)}, ${why}`, {
    next: "check the registry's configuration, or the proxy between here and there",
  });
}

/** A URL for messages and logs: queries and names hold signatures and passwords, so they are left out. */
export function describe(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function nameOf(host: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(host)?.[1];
  return bracketed ?? (isIP(host) === 6 ? host : host.replace(/:\d+$/, ""));
}

function isIn(list: BlockList, name: string): boolean {
  const family = isIP(name);
  return family !== 0 && list.check(name, family === 6 ? "ipv6" : "ipv4");
}
