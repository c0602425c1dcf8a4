/** A size as the settings write it, decimal: `64 GB`, `2 TB`. */
export type Size = `${number} ${"MB" | "GB" | "TB"}`;

const DECIMAL = { MB: 1e6, GB: 1e9, TB: 1e12 } as const;

/** The form of a size, for schemas and error texts. */
export const SIZE_PATTERN = /^([1-9][0-9]*(?:\.[0-9]+)?) (MB|GB|TB)$/;

/** Bytes of a size. Throws RangeError for anything that does not match SIZE_PATTERN. */
export function bytesOf(size: string): number {
  const match = SIZE_PATTERN.exec(size);
  if (match === null) throw new RangeError(`${JSON.stringify(size)} is not a size such as "64 GB"`);
  return Number(match[1]) * DECIMAL[match[2] as keyof typeof DECIMAL];
}

/** Bytes as a size for people, in the largest unit that leaves it one or more: `64 GB`, `1.5 TB`. */
export function formatSize(bytes: number): Size {
  const unit = bytes >= DECIMAL.TB ? "TB" : bytes >= DECIMAL.GB ? "GB" : "MB";
  return `${Number((bytes / DECIMAL[unit]).toFixed(1))} ${unit}`;
}

/** A length of time as the settings write it: `90s`, `20m`, `2h`. */
export const DURATION_PATTERN = /^([1-9][0-9]*)(s|m|h)$/;

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** Seconds of a duration. Throws RangeError for anything that does not match DURATION_PATTERN. */
export function secondsOf(duration: string): number {
  const match = DURATION_PATTERN.exec(duration);
  if (match === null) throw new RangeError(`${JSON.stringify(duration)} is not a duration such as "20m"`);
  return Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS];
}
