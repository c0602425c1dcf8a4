import { isIPv6 } from "node:net";
import { listAt, textAt } from "../../kit/objects.ts";

/** Addresses of one family from the first to the last, both included. */
interface Range {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Where the addresses of pods and nodes usually are: private use (RFC 1918, RFC 4193) and the space that carriers share
 * (RFC 6598), which some clouds give to pods.
 */
export const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"] as const;

/** Whether an ipBlock of a NetworkPolicy holds any address of these ranges, which are blocks or single addresses. */
export function holdsAnyOf(block: unknown, ranges: readonly string[]): boolean {
  const cidr = textAt(block, "cidr");
  if (cidr === undefined) return false;
  const whole = rangeOf(cidr);
  const except = listAt(block, "except").filter((text) => typeof text === "string");
  return ranges
    .flatMap((range) => common(rangeOf(range), whole))
    .some((range) => except.map(rangeOf).reduce(without, [range]).length > 0);
}

function rangeOf(cidr: string): Range {
  const [address = "", prefix] = cidr.split("/");
  const family = isIPv6(address) ? 6 : 4;
  const bits = BigInt(family === 6 ? 128 : 32);
  const size = 1n << (prefix === undefined ? 0n : bits - BigInt(prefix));
  const first = (numberOf(address, family) / size) * size;
  return { family, first, last: first + size - 1n };
}

function numberOf(address: string, family: 4 | 6): bigint {
  if (family === 4) return address.split(".").reduce((number, byte) => number * 256n + BigInt(byte), 0n);
  // The one form that URLs have for an address: hexadecimal throughout, with at most one gap.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string) => text.split(":").filter((group) => group !== "");
  const [before, after] = [groups(head), groups(tail ?? "")];
  const gap = Array<string>(8 - before.length - after.length).fill("0");
  return [...before, ...gap, ...after].reduce((number, group) => number * 65536n + BigInt(`0x${group}`), 0n);
}

function common(a: Range, b: Range): Range[] {
  const first = a.first > b.first ? a.first : b.first;
  const last = a.last < b.last ? a.last : b.last;
  return a.family === b.family && first <= last ? [{ family: a.family, first, last }] : [];
}

function without(ranges: readonly Range[], gone: Range): Range[] {
  return ranges.flatMap((range) => {
    const [hole] = common(range, gone);
    if (hole === undefined) return [range];
    const parts = [
      { ...range, last: hole.first - 1n },
      { ...range, first: hole.last + 1n },
    ];
    return parts.filter(({ first, last }) => first <= last);
  });
}
