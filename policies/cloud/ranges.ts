import { BlockList, isIP } from "node:net";

/** A range of addresses, of either version. */
export interface Range {
  readonly address: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

/** The range that a text names (`10.0.0.0/8`, `2001:db8::/32`, `192.0.2.1`), undefined where it names none. */
export function rangeOf(text: string): Range | undefined {
  const [address = "", digits, ...rest] = text.trim().split("/");
  const version = isIP(address);
  const longest = version === 6 ? 128 : 32;
  const prefix = digits === undefined ? longest : /^\d{1,3}$/.test(digits) ? Number(digits) : Infinity;
  if (version === 0 || rest.length > 0 || prefix > longest) return undefined;
  return { address, prefix, family: version === 6 ? "ipv6" : "ipv4" };
}

/** Whether a range is, as it says itself or by taking half of it at a time, as good as everybody. */
export function isEverybody(range: Range): boolean {
  return range.prefix < (range.family === "ipv4" ? 4 : 8) && !isPrivate(range);
}

/** Whether all of a range lies in one of these. */
export function isWithin(range: Range, ranges: readonly string[]): boolean {
  return ranges.some((text) => {
    const outer = rangeOf(text);
    if (outer === undefined || outer.family !== range.family || outer.prefix > range.prefix) return false;
    const list = new BlockList();
    list.addSubnet(outer.address, outer.prefix, outer.family);
    return list.check(range.address, range.family);
  });
}

/** Addresses that nobody on the internet has. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];

export function isPrivate(range: Range): boolean {
  return isWithin(range, PRIVATE);
}
