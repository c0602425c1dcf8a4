/** A range of IPv4 addresses: its first address as a number, and how many leading bits all of it shares. */
export interface Cidr {
  readonly first: number;
  readonly prefix: number;
}

const FORM = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** The range that a text such as `10.0.0.0/16` names; undefined where it names none, or an address inside of one. */
export function parseCidr(text: string): Cidr | undefined {
  const [, ...numbers] = FORM.exec(text) ?? [];
  if (numbers.length !== 5) return undefined;
  const octets = numbers.slice(0, 4).map(Number);
  const prefix = Number(numbers[4]);
  if (prefix > 32 || octets.some((octet) => octet > 255)) return undefined;
  const first = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return first % sizeOf(prefix) === 0 ? { first, prefix } : undefined;
}

/** The range of a text that is known to be one. Throws RangeError for anything else. */
export function cidrOf(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new RangeError(`${JSON.stringify(text)} is not a range such as 10.0.0.0/16`);
  return cidr;
}

export function formatCidr({ first, prefix }: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefix}`;
}

/** Addresses in a range of this prefix. */
export function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix);
}

export function overlap(one: Cidr, other: Cidr): boolean {
  return one.first < endOf(other) && other.first < endOf(one);
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.first <= inner.first && endOf(inner) <= endOf(outer);
}

/**
 * Ranges of the given prefixes inside `whole`, in their order, each as low as it can begin after the one before. They
 * leave the rest of `whole` free at its end. Throws RangeError where they do not fit.
 */
export function allocate(whole: Cidr, prefixes: readonly number[]): readonly Cidr[] {
  let next = whole.first;
  return prefixes.map((prefix) => {
    const size = sizeOf(prefix);
    const first = Math.ceil(next / size) * size;
    next = first + size;
    if (next > endOf(whole)) {
      throw new RangeError(`${formatCidr(whole)} has no room for ranges of /${prefixes.join(", /")}`);
    }
    return { first, prefix };
  });
}

function endOf({ first, prefix }: Cidr): number {
  return first + sizeOf(prefix);
}
