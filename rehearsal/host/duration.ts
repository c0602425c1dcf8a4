import { UserError } from "../../components/kit/errors.ts";

const SECONDS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/gy;

/** Seconds of a Go duration such as `1h30m` or `90s`; an empty text is 0. Throws UserError on anything else. */
export function parseDuration(text: string): number {
  if (text === "") return 0;
  const parts = [...text.matchAll(PART)];
  if (parts.reduce((length, [part]) => length + part.length, 0) !== text.length) {
    throw new UserError(`the duration "${text}" cannot be read`, { next: "write it as 90s, 10m or 1h30m" });
  }
  return parts.reduce((sum, [, number = "0", unit = "s"]) => sum + Number(number) * (SECONDS[unit] ?? 0), 0);
}
