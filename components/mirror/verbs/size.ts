import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9, MiB: 2 ** 20, GiB: 2 ** 30 };

/** Bytes. Throws InvalidArgumentError for what is no size. */
export function parseSize(text: string): number {
  const [, count, unit] = /^([1-9]\d*(?:\.\d+)?) ?(kB|MB|GB|MiB|GiB)$/.exec(text) ?? [];
  if (count === undefined || unit === undefined)
    throw new InvalidArgumentError("it must be a size such as 4GB or 4GiB.");
  return Math.floor(Number(count) * (UNITS[unit] ?? 1));
}
